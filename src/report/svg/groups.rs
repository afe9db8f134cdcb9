//! Which left sides are alike.

use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;

/// Rounds of moving left sides to the nearest group. It ends before, as soon as none moves.
const ROUNDS: usize = 30;

/// A left side: for each of its rules the number of the right side and a value; right sides ascending, other values 0.
pub(super) type Sparse = Vec<(u32, f64)>;

/// The group of each vector, from 0: at most `most` groups, without gaps, of vectors that are close to each other.
///
/// By k-means. It starts from vectors that are far apart, the first one and then each time the one that is farthest
/// from those taken, so that nothing is drawn at random.
///
/// `O(v g)` for each round, of v values and g groups.
///
/// # Source
///
/// S. P. Lloyd: Least squares quantization in PCM, IEEE Transactions on Information Theory 28, 1982; the start: T. F.
/// Gonzalez: Clustering to minimize the maximum intercluster distance, Theoretical Computer Science 38, 1985.
pub(super) fn groups(vectors: &[Sparse], columns: usize, most: usize, control: &Control) -> Result<Vec<usize>, Error> {
    let mut ticker = Ticker::new(control);
    let squares: Vec<f64> = vectors.iter().map(|vector| vector.iter().map(|(_, value)| value * value).sum()).collect();
    let mut centres: Vec<Vec<f64>> = Vec::new();
    let mut nearest = vec![(f64::INFINITY, 0); vectors.len()];
    while centres.len() < most {
        let farthest = (0..vectors.len()).rev().max_by(|&a, &b| nearest[a].0.total_cmp(&nearest[b].0));
        let Some(farthest) = farthest.filter(|&vector| nearest[vector].0 > 1e-12) else { break };
        let mut centre = vec![0.0; columns];
        vectors[farthest].iter().for_each(|&(column, value)| centre[column as usize] = value);
        for (vector, nearest) in nearest.iter_mut().enumerate() {
            let distance = distance(&vectors[vector], squares[vector], &centre, squares[farthest]);
            if distance < nearest.0 {
                *nearest = (distance, centres.len());
            }
            ticker.check(vectors[vector].len())?;
        }
        centres.push(centre);
    }
    let mut group: Vec<usize> = nearest.into_iter().map(|(_, group)| group).collect();
    for _ in 0..ROUNDS {
        let centres = means(vectors, &group, centres.len(), columns);
        let sizes: Vec<f64> = centres.iter().map(|centre| centre.iter().map(|value| value * value).sum()).collect();
        let mut is_same = true;
        for (vector, values) in vectors.iter().enumerate() {
            let to = |group: usize| distance(values, squares[vector], &centres[group], sizes[group]);
            // A group keeps what is as near to another.
            let own = group[vector];
            let best = (0..centres.len()).fold((to(own), own), |best, group| {
                let distance = to(group);
                if distance < best.0 - 1e-12 { (distance, group) } else { best }
            });
            is_same &= best.1 == own;
            group[vector] = best.1;
            ticker.check(centres.len() * (1 + values.len()))?;
        }
        if is_same {
            break;
        }
    }
    Ok(without_gaps(group))
}

/// The square of the distance.
fn distance(vector: &Sparse, square: f64, centre: &[f64], centre_square: f64) -> f64 {
    let product: f64 = vector.iter().map(|&(column, value)| value * centre[column as usize]).sum();
    (square + centre_square - 2.0 * product).max(0.0)
}

fn means(vectors: &[Sparse], group: &[usize], groups: usize, columns: usize) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; columns]; groups];
    let mut sizes = vec![0.0; groups];
    for (vector, &group) in vectors.iter().zip(group) {
        sizes[group] += 1.0;
        vector.iter().for_each(|&(column, value)| sums[group][column as usize] += value);
    }
    for (sum, size) in sums.iter_mut().zip(sizes) {
        if size > 0.0 {
            sum.iter_mut().for_each(|value| *value /= size);
        }
    }
    sums
}

/// Groups numbered by their first members.
fn without_gaps(group: Vec<usize>) -> Vec<usize> {
    let mut numbers: Vec<usize> = Vec::new();
    let mut number = |group: usize| match numbers.iter().position(|&known| known == group) {
        Some(number) => number,
        None => {
            numbers.push(group);
            numbers.len() - 1
        }
    };
    group.into_iter().map(&mut number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;
    use proptest::prelude::*;

    #[test]
    fn what_is_alike_is_together() {
        let near = |column: u32, by: f64| vec![(column, 2.0 + by)];
        let vectors = vec![near(0, 0.0), near(1, 0.1), near(0, 0.1), near(2, 0.0), near(1, 0.0), near(0, -0.1)];
        assert_eq!(groups(&vectors, 3, 3, &NEVER).unwrap(), [0, 1, 0, 2, 1, 0]);
        assert_eq!(groups(&vectors, 3, 1, &NEVER).unwrap(), [0; 6]);
        assert_eq!(groups(&[], 3, 5, &NEVER).unwrap(), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn no_vector_is_nearer_to_another_group(
            values in prop::collection::vec(prop::collection::btree_map(0..5u32, -2.0..3.0f64, 0..4), 1..30),
            most in 1..6usize,
        ) {
            let vectors: Vec<Sparse> = values.into_iter().map(|values| values.into_iter().collect()).collect();
            let found = groups(&vectors, 5, most, &NEVER).unwrap();
            let count = found.iter().max().unwrap() + 1;
            prop_assert!(count <= most && (0..count).all(|group| found.contains(&group)));
            // As many rounds as it may take, nearly always enough.
            let centres = means(&vectors, &found, count, 5);
            let dense = |vector: &Sparse| {
                let mut dense = [0.0; 5];
                vector.iter().for_each(|&(column, value)| dense[column as usize] = value);
                dense
            };
            for (vector, &own) in vectors.iter().zip(&found) {
                let to = |group: usize| -> f64 {
                    dense(vector).iter().zip(&centres[group]).map(|(a, b)| (a - b) * (a - b)).sum()
                };
                prop_assert!((0..count).all(|group| to(own) <= to(group) + 1e-6));
            }
        }
    }
}
