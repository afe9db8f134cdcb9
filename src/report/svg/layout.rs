//! Where the nodes of a graph stand.

use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;

/// Steps of the search for places, and of moving boxes apart.
const STEPS: usize = 400;
const STEPS_APART: usize = 400;

/// Space between two boxes.
const GAP: f64 = 6.0;

/// A node: half of its width and height, with which it must not cover others.
pub(super) type Half = [f64; 2];

/// Places for the nodes of a graph in a field from (0, 0) to `size`: joined ones are close, and no box covers another
/// if there is room. Always the same for the same graph: it starts on a circle, and takes a fixed number of steps.
///
/// `O(n²)` for each step.
///
/// Source: T. M. J. Fruchterman, E. M. Reingold: Graph drawing by force-directed placement, Software: Practice and
/// Experience 21, 1991.
pub(super) fn layout(
    boxes: &[Half],
    edges: &[(usize, usize)],
    size: [f64; 2],
    control: &Control,
) -> Result<Vec<[f64; 2]>, Error> {
    let mut ticker = Ticker::new(control);
    let mut places = spread(boxes.len(), edges, &mut ticker)?;
    fit(&mut places, boxes, size);
    for _ in 0..STEPS_APART {
        let moved = move_apart(&mut places, boxes, size);
        ticker.check(boxes.len() * boxes.len())?;
        if !moved {
            break;
        }
    }
    Ok(places)
}

/// Forces: all nodes push each other away, edges pull, and all are drawn to the middle, so that parts without edges
/// between them stay near.
fn spread(nodes: usize, edges: &[(usize, usize)], ticker: &mut Ticker<'_>) -> Result<Vec<[f64; 2]>, Error> {
    let circle = |node: usize| {
        let angle = 2.0 * std::f64::consts::PI * node as f64 / nodes.max(1) as f64;
        [libm::cos(angle), libm::sin(angle)]
    };
    let mut places: Vec<[f64; 2]> = (0..nodes).map(circle).collect();
    // The distance at which a node would be content, in a field of about 2 by 2.
    let content = 2.0 / (nodes.max(1) as f64).sqrt();
    let mut forces = vec![[0.0; 2]; nodes];
    // Where many edges meet each pulls less, so that there is room for their ends.
    let mut degrees = vec![0.0; nodes];
    for &(one, other) in edges {
        degrees[one] += 1.0;
        degrees[other] += 1.0;
    }
    let weights: Vec<f64> =
        edges.iter().map(|&(one, other)| 1.0 / f64::max(degrees[one], degrees[other]).max(1.0).sqrt()).collect();
    for step in 0..STEPS {
        forces.fill([0.0; 2]);
        for one in 0..nodes {
            for other in 0..one {
                let [x, y] = difference(places[one], places[other]);
                let push = content * content / (x * x + y * y).max(1e-6);
                add(&mut forces[one], [push * x, push * y]);
                add(&mut forces[other], [-push * x, -push * y]);
            }
        }
        for (&(one, other), weight) in edges.iter().zip(&weights) {
            let [x, y] = difference(places[one], places[other]);
            let pull = weight * (x * x + y * y).sqrt() / content;
            add(&mut forces[one], [-pull * x, -pull * y]);
            add(&mut forces[other], [pull * x, pull * y]);
        }
        let most = 0.2 * (1.0 - step as f64 / STEPS as f64) + 1e-3;
        for (place, force) in places.iter_mut().zip(&mut forces) {
            add(force, [-0.8 * place[0], -0.8 * place[1]]);
            let length = (force[0] * force[0] + force[1] * force[1]).sqrt().max(1e-12);
            let far = length.min(most) / length;
            add(place, [far * force[0], far * force[1]]);
        }
        ticker.check(nodes * nodes / 4)?;
    }
    Ok(places)
}

fn difference(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] - other[0], one[1] - other[1]]
}

fn add(to: &mut [f64; 2], what: [f64; 2]) {
    to[0] += what[0];
    to[1] += what[1];
}

/// Stretches the places over the field, so that the boxes are within it.
fn fit(places: &mut [[f64; 2]], boxes: &[Half], size: [f64; 2]) {
    for axis in 0..2 {
        let ends = places.iter().map(|place| place[axis]);
        let (low, high) =
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
        let room = boxes.iter().map(|half| half[axis]).fold(0.0, f64::max).min(size[axis] / 2.0);
        let factor = if high > low { (size[axis] - 2.0 * room) / (high - low) } else { 0.0 };
        let middle = size[axis] / 2.0 - factor * (low + high) / 2.0;
        for place in places.iter_mut() {
            place[axis] = if factor > 0.0 { middle + factor * place[axis] } else { size[axis] / 2.0 };
        }
    }
}

/// Moves boxes that cover each other apart, the shorter way. Whether there were any.
fn move_apart(places: &mut [[f64; 2]], boxes: &[Half], size: [f64; 2]) -> bool {
    let mut moved = false;
    for one in 0..places.len() {
        for other in 0..one {
            let distance = difference(places[one], places[other]);
            let covered = [0, 1].map(|axis| boxes[one][axis] + boxes[other][axis] + GAP - distance[axis].abs());
            if covered[0] <= 0.0 || covered[1] <= 0.0 {
                continue;
            }
            moved = true;
            let axis = usize::from(covered[1] < covered[0]);
            let way = if distance[axis] < 0.0 { -0.5 } else { 0.5 } * covered[axis];
            places[one][axis] += way;
            places[other][axis] -= way;
        }
    }
    for (place, half) in places.iter_mut().zip(boxes) {
        for axis in 0..2 {
            let room = half[axis].min(size[axis] / 2.0);
            place[axis] = place[axis].clamp(room, size[axis] - room);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;
    use proptest::prelude::*;

    #[test]
    fn few_nodes_have_places() {
        let one = layout(&[[20.0, 10.0]], &[], [100.0, 50.0], &NEVER).unwrap();
        assert_eq!(one, [[50.0, 25.0]]);
        assert_eq!(layout(&[], &[], [100.0, 50.0], &NEVER).unwrap(), Vec::<[f64; 2]>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn boxes_are_apart_and_within_the_field(
            boxes in prop::collection::vec((4.0..60.0f64, 4.0..12.0f64), 1..24),
            edges in prop::collection::vec((0..24usize, 0..24usize), 0..40),
        ) {
            let boxes: Vec<Half> = boxes.into_iter().map(|(x, y)| [x, y]).collect();
            let edges: Vec<_> = edges.into_iter().map(|(a, b)| (a % boxes.len(), b % boxes.len())).collect();
            let size = [900.0, 600.0];
            let places = layout(&boxes, &edges, size, &NEVER).unwrap();
            prop_assert_eq!(&places, &layout(&boxes, &edges, size, &NEVER).unwrap());
            for one in 0..boxes.len() {
                for axis in 0..2 {
                    prop_assert!(places[one][axis] >= boxes[one][axis] - 1e-9);
                    prop_assert!(places[one][axis] <= size[axis] - boxes[one][axis] + 1e-9);
                }
                for other in 0..one {
                    let apart = |axis: usize| {
                        (places[one][axis] - places[other][axis]).abs() >= boxes[one][axis] + boxes[other][axis]
                    };
                    prop_assert!(apart(0) || apart(1), "{one} covers {other}");
                }
            }
        }
    }
}
