//! The same work for each rule, on all threads of a call.

use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::threads::workers::Workers;

/// Rules per part, at least: fewer are not worth the start of a part.
const MIN_RULES: usize = 64;

/// The results of `work` for each of `rules` rules, in their order. Each part of the work makes its own `scratch`.
///
/// If the call should end, some results are missing. `work` gets the numbers of the rules, not their labels, which may
/// not be allowed on other threads.
pub(super) fn each_rule<S, R: Send, E: Send>(
    rules: usize,
    workers: Workers<'_>,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &mut Ticker<'_>, usize) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let control = workers.control();
    control.begin(SEARCH, rules as u64);
    let parts = workers.run_parts(&workers.parts(rules, MIN_RULES), |part| {
        let (mut scratch, mut ticker) = (scratch(), Ticker::new(control));
        let mut results = Vec::with_capacity(part.len());
        for rule in part {
            results.push(work(&mut scratch, &mut ticker, rule)?);
            ticker.done(1);
            if ticker.step(4).is_break() {
                break;
            }
        }
        Ok(results)
    });
    let mut results = Vec::with_capacity(rules);
    for part in parts {
        results.append(&mut part?);
    }
    Ok(results)
}
