//! Items and rules with arrows between them.

use hashbrown::HashMap;

use super::drawing::{Anchor, Drawing, Px};
use super::layout::{Half, layout};
use super::shades::Shades;
use crate::call::control::Control;
use crate::describe::{percent, width as columns_of};
use crate::error::Error;
use crate::report::content::{Content, Shown};
use crate::report::text::{counted, cut, isolated};
use crate::report::words;

/// Rules, and lines and arrows of all of them, that can be told apart.
const RULES: usize = 60;
const LINES: usize = 120;

/// Width and height, from few items to many.
const WIDTH: [f64; 2] = [720.0, 900.0];
const HEIGHT: [f64; 2] = [140.0, 760.0];

/// Below the graph, for the legend.
const LEGEND: f64 = 68.0;

/// Columns of a label, and the width of one.
const LABEL: usize = 22;
const COLUMN: f64 = 7.4;

/// Half of the height of an item.
const HALF: f64 = 11.0;

pub(in crate::report) fn draw(content: &Content, control: &Control) -> Result<Drawing, Error> {
    let mut lines = 0;
    let fits = |rule: &&Shown| {
        lines += rule.antecedent.len() + rule.consequent.len();
        lines <= LINES
    };
    let rules = &content.rules[..content.rules.iter().take(RULES).take_while(fits).count()];
    let shades = Shades::of(content);
    let graph = Graph::of(content, rules);
    let [width, height] = graph.size();
    let places = layout(&graph.boxes, &graph.edges, [width - 8.0, height - 8.0], control)?;
    let places: Vec<[f64; 2]> = places.into_iter().map(|[x, y]| [x + 4.0, y + 4.0]).collect();

    let description = format!(
        "The best {} with {}. Lines lead from the items of a left side to the dot of the rule, an arrow from there to \
         its right side. The larger the dot and the stronger its colour, the higher the lift. The table has the same \
         rules.",
        counted(rules.len() as u64, "rule"),
        counted(graph.items.len() as u64, "item")
    );
    let title = "Which items lead to which";
    let mut drawing = Drawing::new("graph", [width, height + LEGEND], title, description);
    drawing.push(format_args!(
        "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>"
    ));
    let items = graph.items.len();
    for (rule, shown) in rules.iter().enumerate() {
        let (middle, shade) = (places[items + rule], shades.shade(shown.lift()));
        let title = words::one_line(content, shown);
        drawing.group("rule", &format!(" data-r=\"{rule}\""), &title, |drawing| {
            for item in &shown.antecedent {
                let node = graph.nodes[item];
                let start = border(places[node], graph.boxes[node], middle);
                drawing.push(format_args!("<path class=\"link\" d=\"{}\"/>", way(start, middle)));
            }
            for item in &shown.consequent {
                let node = graph.nodes[item];
                let end = border(places[node], graph.boxes[node], middle);
                let way = way(middle, end);
                drawing.push(format_args!("<path class=\"link\" marker-end=\"url(#arrow)\" d=\"{way}\"/>"));
            }
            drawing.circle(&format!("node s{shade}"), middle, graph.boxes[items + rule][0]);
        });
    }
    for (node, &item) in graph.items.iter().enumerate() {
        let ([x, y], half) = (places[node], graph.boxes[node]);
        let label = &content.labels[item as usize];
        drawing.group("item", &format!(" data-i=\"{item}\""), label, |drawing| {
            drawing.rect("box", [x - half[0], y - half[1]], [2.0 * half[0], 2.0 * half[1]]);
            drawing.text("label", [x, y + 4.5], Anchor::Middle, &isolated(&cut(label, LABEL)));
        });
    }
    shades.legend(&mut drawing, [20.0, height + 22.0], true, rules.iter().any(|rule| rule.lift() < 1.0));
    let least = rules.iter().map(Shown::confidence).fold(f64::INFINITY, f64::min);
    if least.is_finite() {
        let text = format!("all with a confidence of {} or more", percent(least));
        drawing.text("tick", [20.0, height + 52.0], Anchor::Start, &text);
    }
    Ok(drawing)
}

/// Nodes: first items, then rules.
struct Graph {
    items: Vec<u32>,
    nodes: HashMap<u32, usize>,
    boxes: Vec<Half>,
    edges: Vec<(usize, usize)>,
}

impl Graph {
    fn of(content: &Content, rules: &[Shown]) -> Self {
        let mut graph = Graph { items: Vec::new(), nodes: HashMap::new(), boxes: Vec::new(), edges: Vec::new() };
        for &item in rules.iter().flat_map(|rule| rule.antecedent.iter().chain(&rule.consequent)) {
            let items = &mut graph.items;
            graph.nodes.entry(item).or_insert_with(|| {
                items.push(item);
                items.len() - 1
            });
        }
        for &item in &graph.items {
            let columns = columns_of(&cut(&content.labels[item as usize], LABEL));
            graph.boxes.push([8.0 + COLUMN * columns.max(1) as f64 / 2.0, HALF]);
        }
        let shades = Shades::of(content);
        for (rule, shown) in rules.iter().enumerate() {
            // By the shade, so that what is darker is also larger.
            let radius = 4.0 + 0.8 * shades.shade(shown.lift()) as f64;
            graph.boxes.push([radius, radius]);
            let node = graph.items.len() + rule;
            let sides = shown.antecedent.iter().chain(&shown.consequent);
            graph.edges.extend(sides.map(|item| (graph.nodes[item], node)));
        }
        graph
    }

    /// So large that there is room between the boxes.
    fn size(&self) -> [f64; 2] {
        let covered: f64 = self.boxes.iter().map(|half| 4.0 * (half[0] + 6.0) * (half[1] + 6.0)).sum();
        let width = (9.0 * covered).sqrt().clamp(WIDTH[0], WIDTH[1]);
        [width, (6.0 * covered / width).clamp(HEIGHT[0], HEIGHT[1])]
    }
}

/// Where the way from the middle of a box to a point leaves the box.
fn border([x, y]: [f64; 2], half: Half, to: [f64; 2]) -> [f64; 2] {
    let way = [to[0] - x, to[1] - y];
    let parts = [0, 1].map(|axis| if way[axis] == 0.0 { 1.0 } else { half[axis] / way[axis].abs() });
    let part = parts[0].min(parts[1]).min(1.0);
    [x + part * way[0], y + part * way[1]]
}

fn way([a, b]: [f64; 2], [c, d]: [f64; 2]) -> String {
    format!("M{} {}L{} {}", Px(a), Px(b), Px(c), Px(d))
}
