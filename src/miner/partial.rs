//! What is complete at a higher threshold if a limit is reached.

use super::call::Call;
use crate::error::{Error, ErrorKind};
use crate::limit::Limit;
use crate::mine::report::partial::Partial;

/// Runs `find` at the threshold of a call or, if a limit is reached, at the lowest threshold that is known to be within
/// it.
///
/// With a time limit the baskets are searched at a series of thresholds, each half of the one before. `nothing` is the
/// result if there was no time for the first.
pub(super) fn partial<'a, T: Ord, R>(
    call: &Call<'a, T>,
    find: impl Fn(&Call<'a, T>) -> Result<R, Error>,
    nothing: impl Fn(&Call<'a, T>) -> Option<R>,
) -> Result<Partial<R>, Error> {
    if call.settings.run.time_limit.is_none() {
        return find_what_fits(call, &find);
    }
    let asked = call.min_count;
    let above_all = call.above_all();
    let mut threshold = above_all - 1;
    let mut found = None;
    loop {
        let is_last = threshold <= asked;
        let share = if is_last { 1.0 } else { 0.5 };
        let call = call.at(threshold.max(asked));
        match call.control.section(share, || find_what_fits(&call, &find)) {
            Ok(partial) => {
                if let Some(limit) = partial.limit() {
                    let complete_from = partial.complete_from();
                    return Ok(Partial::cut(partial.into_inner(), limit, asked, complete_from));
                }
                if is_last {
                    return Ok(Partial::complete(partial.into_inner(), asked));
                }
                found = Some((partial.into_inner(), call.min_count));
            }
            Err(error) => {
                let &ErrorKind::TimeLimit { limit, .. } = error.kind() else { return Err(error) };
                let found = found.or_else(|| Some((nothing(&call.at(above_all))?, above_all)));
                let Some((found, complete_from)) = found else { return Err(error) };
                // Nothing is frequent at the threshold, which takes no time to know.
                return Ok(match complete_from {
                    from if from == asked => Partial::complete(found, asked),
                    from => Partial::cut(found, Limit::Time(limit), asked, from),
                });
            }
        }
        threshold /= 2;
    }
}

fn find_what_fits<'a, T: Ord, R>(
    call: &Call<'a, T>,
    find: impl Fn(&Call<'a, T>) -> Result<R, Error>,
) -> Result<Partial<R>, Error> {
    match find(call) {
        Ok(found) => Ok(Partial::complete(found, call.min_count)),
        Err(error) => {
            let &ErrorKind::LimitReached { limit, min_count, suggestion } = error.kind() else { return Err(error) };
            let found = find(&call.at(suggestion.min_count()))?;
            Ok(Partial::cut(found, limit, min_count, suggestion.min_count()))
        }
    }
}
