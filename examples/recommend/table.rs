//! The results, for people and for programs.

use itemset::Error;
use itemset::recommend::{Metric, MetricValue, Outcome};
use serde_json::{Map, Value, json};

/// One recommender.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) is_policy: bool,
    pub(crate) outcome: Outcome,
}

impl Line {
    fn hit_rate(&self) -> f64 {
        self.outcome.value(Metric::HitRate).map_or(0.0, |rate| rate.value())
    }
}

/// The table, and by how much the best policy beats each base line.
pub(crate) fn text(lines: &[Line]) -> Result<String, Error> {
    let mut text = String::new();
    let plain = [Metric::Recall, Metric::Precision, Metric::Mrr, Metric::RepeatRecall, Metric::ExploreRecall];
    let plain = [&plain[..], &[Metric::Coverage, Metric::Novelty]].concat();
    text += &format!("{:<20} {:<24} {:<24}", "", "hit rate", "ndcg");
    plain.iter().for_each(|metric| text += &format!(" {:>14}", metric.to_string()));
    text.push('\n');
    let shown = |value: Option<MetricValue>| value.map_or("-".to_string(), |value| value.to_string());
    for line in lines {
        let value = |metric| line.outcome.value(metric);
        text += &format!("{:<20} {:<24} {:<24}", line.name, shown(value(Metric::HitRate)), shown(value(Metric::Ndcg)));
        for &metric in &plain {
            text += &format!(" {:>14}", value(metric).map_or("-".to_string(), |value| format!("{:.3}", value.value())));
        }
        text.push('\n');
    }
    // Of equally good ones the last of these, which is the first of the table.
    let policies = lines.iter().rev().filter(|line| line.is_policy);
    let Some(best) = policies.max_by(|a, b| a.hit_rate().total_cmp(&b.hit_rate())) else { return Ok(text) };
    text += &format!("\nThe hit rate of the best policy, {}, less that of\n", best.name);
    for line in lines.iter().filter(|line| !line.is_policy) {
        text += &format!("  {:<20} {}\n", line.name, shown(best.outcome.difference(&line.outcome, Metric::HitRate)?));
    }
    text += "It was chosen in the same cases, which favours it a little.\n";
    Ok(text)
}

/// A field per recommender.
pub(crate) fn to_json(lines: &[Line], users: bool) -> Value {
    let of_line = |line: &Line| {
        let mut fields = Map::new();
        for &metric in Metric::ALL {
            let value = line.outcome.value(metric);
            fields.insert(metric.to_string(), json!(value.map(|value| value.value())));
            fields.insert(format!("{metric}_interval"), json!(value.map(|value| [value.low(), value.high()])));
        }
        fields.insert(if users { "users" } else { "baskets" }.to_string(), json!(line.outcome.len()));
        (line.name.clone(), Value::Object(fields))
    };
    Value::Object(lines.iter().map(of_line).collect())
}
