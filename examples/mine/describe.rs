//! The look at the baskets as an object of JSON.

use itemset::{Description, Estimate};
use serde_json::{Value, json};

/// One line, with the fields of the library's own serialised form, which needs the feature `serde`.
pub(crate) fn to_json(description: &Description<String>) -> String {
    let Description { summary, distinct_baskets, items, coverage, lengths, pairs, thresholds, .. } = description;
    let lengths_of_baskets = summary.lengths;
    let object = json!({
        "format": 1,
        "summary": {
            "format": 1,
            "baskets": summary.baskets,
            "empty_baskets": summary.empty_baskets,
            "items": summary.items,
            "entries": summary.entries,
            "duplicates_skipped": summary.duplicates_skipped,
            "density": summary.density,
            "mean_length": summary.mean_length,
            "lengths": {
                "min": lengths_of_baskets.min,
                "p25": lengths_of_baskets.p25,
                "median": lengths_of_baskets.median,
                "p75": lengths_of_baskets.p75,
                "p95": lengths_of_baskets.p95,
                "max": lengths_of_baskets.max,
            },
            "bytes": summary.bytes,
        },
        "distinct_baskets": distinct_baskets,
        "items": list(items, |one| json!({ "item": one.item, "count": one.count, "support": one.support })),
        "coverage": list(coverage, |one| json!({ "share": one.share, "items": one.items })),
        "lengths": list(lengths, |one| json!({ "items": one.items, "baskets": one.baskets })),
        "pairs": list(pairs, |one| {
            json!({ "first": one.first, "second": one.second, "count": one.count, "lift": one.lift })
        }),
        "thresholds": list(thresholds, |one| json!({
            "support": one.support,
            "min_count": one.min_count,
            "items": one.items,
            "pairs": one.pairs,
            "itemsets": itemsets(&one.itemsets),
        })),
    });
    object.to_string()
}

fn list<T>(values: &[T], object: impl Fn(&T) -> Value) -> Value {
    values.iter().map(object).collect()
}

fn itemsets(estimate: &Estimate) -> Value {
    json!({
        "estimate": estimate.itemsets(),
        "low": estimate.low(),
        "high": estimate.high(),
        "is_exact": estimate.is_exact(),
    })
}
