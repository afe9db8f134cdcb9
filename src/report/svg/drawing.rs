//! A small writer of SVG.

use std::fmt::{self, Arguments, Display, Formatter, Write};

use crate::report::text::Escaped;

/// The style of a drawing, in a page and in a file of its own.
pub(in crate::report) const STYLE: &str = include_str!("plot.css");

/// Narrower drawings may shrink as far as a telephone needs.
const NARROW: f64 = 560.0;

/// A length or a place, to a hundredth.
pub(super) struct Px(pub(super) f64);

impl Display for Px {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if text == "-0" { "0" } else { text })
    }
}

/// Where a text stands beside its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn attribute(self) -> &'static str {
        match self {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        }
    }
}

/// A drawing with a title and a description, for those who do not see it.
pub(in crate::report) struct Drawing {
    /// Its name in the page.
    id: &'static str,
    size: [f64; 2],
    title: String,
    description: String,
    /// What a script of the page reads.
    data: String,
    marks: String,
}

impl Drawing {
    pub(super) fn new(id: &'static str, size: [f64; 2], title: &str, description: String) -> Self {
        Drawing { id, size, title: title.to_string(), description, data: String::new(), marks: String::new() }
    }

    pub(super) fn push(&mut self, marks: Arguments<'_>) {
        // A string takes all that is written to it.
        let _ = self.marks.write_fmt(marks);
    }

    /// A value for the script of the page.
    pub(super) fn data(&mut self, name: &str, value: &str) {
        let _ = write!(self.data, " data-{name}=\"{}\"", Escaped(value));
    }

    pub(super) fn line(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(Px);
        self.push(format_args!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"));
    }

    pub(super) fn rect(&mut self, class: &str, [x, y]: [f64; 2], [width, height]: [f64; 2]) {
        let [x, y, width, height] = [x, y, width.max(0.0), height.max(0.0)].map(Px);
        self.push(format_args!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"));
    }

    pub(super) fn circle(&mut self, class: &str, [x, y]: [f64; 2], radius: f64) {
        let [x, y, radius] = [x, y, radius].map(Px);
        self.push(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
    }

    pub(super) fn text(&mut self, class: &str, [x, y]: [f64; 2], anchor: Anchor, text: &str) {
        let ([x, y], anchor, text) = ([x, y].map(Px), anchor.attribute(), Escaped(text));
        self.push(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"));
    }

    /// A text that runs upwards, beside an axis.
    pub(super) fn text_upwards(&mut self, class: &str, [x, y]: [f64; 2], text: &str) {
        let ([x, y], text) = ([x, y].map(Px), Escaped(text));
        self.push(format_args!(
            "<text class=\"{class}\" transform=\"translate({x} {y}) rotate(-90)\" text-anchor=\"middle\">{text}</text>"
        ));
    }

    /// A part of the drawing, with what a pointer that rests on it shows.
    pub(super) fn group(&mut self, class: &str, data: &str, title: &str, draw: impl FnOnce(&mut Self)) {
        self.push(format_args!("<g class=\"{class}\"{data}>"));
        if !title.is_empty() {
            self.push(format_args!("<title>{}</title>", Escaped(title)));
        }
        draw(self);
        self.push(format_args!("</g>"));
    }

    /// The drawing as a part of a page, whose style is in the page.
    pub(in crate::report) fn in_page(&self) -> String {
        let (id, [width, height]) = (self.id, self.size.map(Px));
        let class = if self.size[0] < NARROW { "plot narrow" } else { "plot" };
        let head = format!(
            "id=\"{id}\" class=\"{class}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"{}",
            self.data
        );
        self.svg(&head, "")
    }

    /// The drawing as a file of its own.
    pub(in crate::report) fn alone(&self) -> String {
        let [width, height] = self.size.map(Px);
        let head = format!(
            "xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\""
        );
        let paper = format!("<style>{STYLE}</style><rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>");
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", self.svg(&head, &paper))
    }

    fn svg(&self, head: &str, first: &str) -> String {
        let (id, title, description) = (self.id, Escaped(&self.title), Escaped(&self.description));
        format!(
            "<svg {head} role=\"img\" aria-labelledby=\"{id}-title {id}-description\">\
             <title id=\"{id}-title\">{title}</title><desc id=\"{id}-description\">{description}</desc>{first}{}</svg>",
            self.marks
        )
    }
}
