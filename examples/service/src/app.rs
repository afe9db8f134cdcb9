//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use itemset::recommend::Live;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, SetOnce};

use crate::data::BaseData;
use crate::limits::Rates;
use crate::model::Model;
use crate::pairs::Pairs;
use crate::problem::Problem;
use crate::report::ReportPage;
use crate::sales::Sales;
use crate::settings::Settings;
use crate::store::Store;
use crate::token::Tokens;

/// How long a request waits for the first model, in the moments after the start.
const PATIENCE: Duration = Duration::from_secs(3);

/// The state of the service.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub settings: Settings,
    /// The sales on disk.
    pub store: Arc<Store>,
    /// Where sales are handed in.
    pub sales: Sales,
    /// Pair counts.
    pub pairs: Arc<Pairs>,
    /// Bearer tokens that are asked for.
    pub tokens: Option<Tokens>,
    /// How many requests a client may make.
    pub rates: Rates,
    /// Places for requests.
    pub places: Arc<Semaphore>,
    /// What the metrics are printed by.
    pub metrics: PrometheusHandle,
    /// The report on the model, once it is made.
    pub report: Live<Option<Arc<ReportPage>>>,
    model: Live<Option<Arc<Model>>>,
    has_model: SetOnce<()>,
    base: SetOnce<Arc<BaseData>>,
    versions: AtomicU64,
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The sales on disk.
    pub store: Arc<Store>,
    /// Where sales are handed in.
    pub sales: Sales,
    /// Bearer tokens.
    pub tokens: Option<Tokens>,
    /// What the metrics are printed by.
    pub metrics: PrometheusHandle,
}

impl App {
    /// Without a model, and without base data.
    #[must_use]
    pub fn new(settings: Settings, parts: Parts) -> Self {
        let Parts { store, sales, tokens, metrics } = parts;
        App {
            rates: Rates::new(settings.rate, settings.rate_per_client),
            places: Arc::new(Semaphore::new(settings.max_requests)),
            settings,
            store,
            sales,
            pairs: Arc::new(Pairs::new()),
            tokens,
            metrics,
            report: Live::new(None),
            model: Live::new(None),
            has_model: SetOnce::new(),
            base: SetOnce::new(),
            versions: AtomicU64::new(0),
        }
    }

    /// The model that answers now, if there is one.
    #[must_use]
    pub fn model(&self) -> Option<Arc<Model>> {
        self.model.load().clone()
    }

    /// Answers with the model of now, without a count that other threads change too.
    ///
    /// # Errors
    ///
    /// 503 if there is none yet.
    pub fn with_model<R>(&self, answer: impl FnOnce(&Model) -> Result<R, Problem>) -> Result<R, Problem> {
        match self.model.load().as_deref() {
            Some(model) => answer(model),
            None => Err(Problem::not_ready()),
        }
    }

    /// Waits for the first model, in the moments after the start.
    ///
    /// # Errors
    ///
    /// 503 if it takes too long.
    pub async fn ready(&self) -> Result<(), Problem> {
        in_time(&self.has_model).await.map(|&()| ())
    }

    /// Waits until all baskets are read, in the moments after the start.
    ///
    /// # Errors
    ///
    /// 503 if it takes too long.
    pub async fn loaded(&self) -> Result<&Arc<BaseData>, Problem> {
        in_time(&self.base).await
    }

    /// Whether there is a model.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.model.load().is_some()
    }

    /// Puts a new model in place; returns it with its version.
    pub fn swap(&self, mut model: Model) -> Arc<Model> {
        model.version = self.versions.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("itemset_model_version").set(model.version as f64);
        metrics::gauge!("itemset_model_rules").set(model.rules.len() as f64);
        metrics::gauge!("itemset_model_itemsets").set(model.itemsets.len() as f64);
        metrics::gauge!("itemset_model_baskets").set(model.rules.basket_count() as f64);
        metrics::gauge!("itemset_model_mined_at_seconds").set(model.mined_at as f64);
        let model = Arc::new(model);
        self.model.replace(Some(Arc::clone(&model)));
        // It is there already for all but the first.
        let _ = self.has_model.set(());
        model
    }

    /// The base data, once they are read.
    #[must_use]
    pub fn base(&self) -> Option<&Arc<BaseData>> {
        self.base.get()
    }

    /// Hands over the base data.
    pub fn set_base(&self, base: Arc<BaseData>) {
        // It is read once.
        let _ = self.base.set(base);
    }
}

/// What will be there in a moment.
async fn in_time<T>(once: &SetOnce<T>) -> Result<&T, Problem> {
    match once.get() {
        Some(value) => Ok(value),
        None => tokio::time::timeout(PATIENCE, once.wait()).await.map_err(|_| Problem::not_ready()),
    }
}
