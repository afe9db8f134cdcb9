//! What to recommend for a basket, or for each of many.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use itemset::Measure;
use itemset::recommend::{ItemSet, Policy, Reason, Recommender, Request as Wanted, Scratch};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use crate::app::App;
use crate::body::{self, Text};
use crate::labels::{check_count, check_len};
use crate::model::Model;
use crate::number::Number;
use crate::problem::Problem;
use crate::settings::Settings;

/// Recommendations for a basket if the request says nothing.
const K: usize = 10;

/// Rules shown for a recommendation, at most.
const REASONS: usize = 3;

/// Baskets that are answered on the thread that reads: beyond that others would wait for longer than a millisecond.
const FEW: usize = 8;

thread_local! {
    /// Working memory of each thread that answers.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// One basket, or many; not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendRequest<'a> {
    /// The items of a basket, in any order. Unknown ones are ignored, and counted in the answer.
    #[serde(borrow, default)]
    #[schema(value_type = Option<Vec<String>>, example = json!(["diapers", "chips"]))]
    basket: Option<Vec<Text<'a>>>,
    /// Many baskets, in place of one.
    #[serde(borrow, default)]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    baskets: Option<Vec<Vec<Text<'a>>>>,
    /// Recommendations for each basket. Default: 10.
    #[serde(default)]
    #[schema(minimum = 0)]
    k: Option<usize>,
    /// How rules become a score. Default: that of the settings.
    #[serde(default)]
    #[schema(value_type = Option<PolicyName>)]
    policy: Option<Policy>,
    /// Items that are not to be recommended.
    #[serde(borrow, default)]
    #[schema(value_type = Vec<String>)]
    exclude: Vec<Text<'a>>,
    /// Whether each recommendation comes with the rules that speak for it.
    #[serde(default)]
    explain: bool,
}

/// The policies that can be asked for.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[allow(dead_code)]
pub enum PolicyName {
    /// The highest confidence, 0 to 1.
    BestConfidence,
    /// The highest lift.
    BestLift,
    /// The smallest p-value, as its negative logarithm.
    BestSignificant,
    /// The sum of confidences less the usual shares.
    Evidence,
    /// The probability that one of the rules is right.
    NoisyOr,
}

/// What is recommended: for one basket, or for each of many in their order.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum RecommendAnswer<'a> {
    /// For one basket.
    One(OneAnswer<'a>),
    /// For each of many.
    Many(ManyAnswers<'a>),
}

/// What is recommended for the basket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneAnswer<'a> {
    /// The version of the model that answered.
    model: u64,
    /// The best first.
    items: Vec<Recommended<'a>>,
    /// Labels of the basket that no rule has.
    unknown: usize,
}

/// What is recommended for each of the baskets.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManyAnswers<'a> {
    /// The version of the model that answered.
    model: u64,
    /// By basket, in their order.
    #[schema(value_type = Vec<BasketAnswer<'static>>)]
    results: Results<'a>,
}

/// What is recommended for one of many baskets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BasketAnswer<'a> {
    /// The best first.
    items: Vec<Recommended<'a>>,
    /// Labels of the basket that no rule has.
    unknown: usize,
}

/// An item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recommended<'a> {
    /// Its label.
    item: &'a str,
    /// How good it is, in the unit of the policy.
    score: Number,
    /// Whether no rule speaks for it, and it is here because it is popular.
    popular: bool,
    /// The best rules that speak for it, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reasons: Option<Vec<Because<'a>>>,
}

/// A rule that speaks for an item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because<'a> {
    /// Items of the basket that it is about.
    because: Vec<&'a str>,
    /// The share of such baskets that hold the item.
    confidence: f64,
    /// How many times the usual that is.
    lift: f64,
    /// The baskets behind it.
    count: u64,
    /// The same as a sentence.
    #[schema(example = "because of diapers: 41 % of such baskets, 3.2 times the usual")]
    text: String,
}

/// Recommend items
///
/// What else a basket is likely to hold, by the rules that fire for it. One basket takes microseconds. Items of the
/// basket are never recommended; places that no rule fills go to popular items.
#[utoipa::path(
    post, path = "/v1/recommend", tag = "recommend",
    request_body = inline(RecommendRequest<'static>),
    responses((status = 200, description = "The recommendations", body = inline(RecommendAnswer<'static>)))
)]
pub async fn recommend(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let bytes = body::read(request, &app.settings).await?;
    app.ready().await?;
    // Every basket has a bracket, so few of them are few baskets. Two more are those of `baskets` and `exclude`.
    let is_short = bytes.len() < 64 * FEW && bytes.iter().filter(|&&byte| byte == b'[').count() <= FEW + 2;
    let answer = if is_short { answer(&app, &bytes)? } else { body::apart(move || answer(&app, &bytes)).await? };
    Ok(body::json_bytes(StatusCode::OK, answer))
}

/// The answer to a body, as JSON.
fn answer(app: &App, body: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut request: RecommendRequest<'_> = body::parse(body)?;
    request.k.get_or_insert(K.min(app.settings.max_k));
    request.check(&app.settings)?;
    let policy = request.policy.unwrap_or(app.settings.policy);
    app.with_model(|model| {
        let recommender = model.recommender(policy).ok_or_else(|| {
            Problem::invalid(format!("policy: {policy} needs margins, which this service does not have"))
        })?;
        SCRATCH.with_borrow_mut(|scratch| request.answer(model, recommender, scratch))
    })
}

impl RecommendRequest<'_> {
    fn baskets(&self) -> &[Vec<Text<'_>>] {
        match (&self.basket, &self.baskets) {
            (Some(basket), _) => std::slice::from_ref(basket),
            (None, Some(baskets)) => baskets,
            (None, None) => &[],
        }
    }

    fn k(&self) -> usize {
        self.k.unwrap_or(K)
    }

    fn check(&self, settings: &Settings) -> Result<(), Problem> {
        if self.basket.is_some() == self.baskets.is_some() {
            return Err(Problem::invalid("give either basket or baskets"));
        }
        check_count("k", self.k(), settings.max_k)?;
        check_count("baskets", self.baskets().len(), settings.max_batch)?;
        // Reasons are many times the work and the bytes.
        let answers = self.baskets().len().saturating_mul(self.k()).saturating_mul(if self.explain { 10 } else { 1 });
        check_count("baskets times k, and times 10 with explain", answers, settings.max_answers)?;
        check_count("exclude", self.exclude.len(), settings.max_exclude)?;
        for basket in self.baskets() {
            check_count("items of a basket", basket.len(), settings.max_basket)?;
            basket.iter().try_for_each(|label| check_len("basket", label.as_str(), settings.max_label))?;
        }
        self.exclude.iter().try_for_each(|label| check_len("exclude", label.as_str(), settings.max_label))
    }

    fn answer(&self, model: &Model, by: &Recommender<String>, scratch: &mut Scratch) -> Result<Vec<u8>, Problem> {
        let excluded = by.item_set(self.exclude.iter().map(Text::as_str));
        let results =
            Results { of: self, by, excluded: &excluded, scratch: RefCell::new(scratch), unknown: Cell::new(0) };
        let model = model.version;
        let bytes = match &self.basket {
            Some(basket) => results.with_best(basket, |BasketAnswer { items, unknown }| {
                serde_json::to_vec(&RecommendAnswer::One(OneAnswer { model, items, unknown }))
            }),
            None => serde_json::to_vec(&RecommendAnswer::Many(ManyAnswers { model, results })),
        };
        bytes.map_err(|_| Problem::internal())
    }
}

/// The answers to many baskets, each of which is written before the next one is sought: labels are lent by the working
/// memory, and none is copied.
struct Results<'a> {
    of: &'a RecommendRequest<'a>,
    by: &'a Recommender<String>,
    excluded: &'a ItemSet,
    scratch: RefCell<&'a mut Scratch>,
    unknown: Cell<u64>,
}

impl Results<'_> {
    /// The answer to a basket, for as long as it is not asked again.
    fn with_best<R>(&self, basket: &[Text<'_>], say: impl FnOnce(BasketAnswer<'_>) -> R) -> R {
        let mut wanted = Wanted::new(self.of.k());
        if !self.excluded.is_empty() {
            wanted = wanted.without(self.excluded);
        }
        let mut scratch = self.scratch.borrow_mut();
        let found = self.by.recommend_in(*scratch, basket.iter().map(Text::as_str), &wanted);
        let recommended = |place: usize| {
            let found = found.get(place)?;
            let reasons = self.of.explain.then(|| found.reasons().iter().take(REASONS).map(because).collect());
            Some(Recommended { item: found.item(), score: Number(found.score()), popular: found.is_popular(), reasons })
        };
        let (items, unknown) = ((0..found.len()).filter_map(recommended).collect(), found.unknown());
        self.unknown.set(self.unknown.get() + unknown as u64);
        say(BasketAnswer { items, unknown })
    }
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let baskets = self.of.baskets();
        let mut results = serializer.serialize_seq(Some(baskets.len()))?;
        for basket in baskets {
            self.with_best(basket, |answer| results.serialize_element(&answer))?;
        }
        results.end()
    }
}

/// What was asked is counted when the answer is made.
impl Drop for Results<'_> {
    fn drop(&mut self) {
        metrics::counter!("itemset_recommended_baskets_total").increment(self.of.baskets().len() as u64);
        metrics::counter!("itemset_unknown_labels_total").increment(self.unknown.get());
    }
}

fn because<'m>(reason: &Reason<'m, String>) -> Because<'m> {
    let counts = reason.counts();
    Because {
        because: reason.antecedent().iter().map(|label| label.as_str()).collect(),
        confidence: counts.measure(Measure::Confidence),
        lift: counts.measure(Measure::Lift),
        count: counts.n_xy(),
        text: reason.to_string(),
    }
}
