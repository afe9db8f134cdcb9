//! What can be set: each setting once, with its default and its line of `--help`.
//!
//! A value comes from the flag, else from the environment (`ITEMSET_SERVICE_` and the name in capitals), else from the
//! TOML file of `--config`, else it is the default. All faults are reported at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Arg, ArgAction, Command};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::Value;
use figment::{Figment, Profile, Provider};
use itemset::io::Delimiter;
use itemset::recommend::Policy;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// What the names of environment variables begin with. `ITEMSET_DATA` already means something to the library's tests.
pub const PREFIX: &str = "ITEMSET_SERVICE_";

macro_rules! settings {
    ($(#[doc = $doc:literal] $name:ident: $type:ty = $default:literal,)*) => {
        /// All settings, with valid values.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $(#[doc = $doc] pub $name: $type,)*
        }

        /// The name of each setting, its default as text (empty for none), and what it is.
        const TABLE: &[(&str, &str, &str)] = &[$((stringify!($name), $default, $doc),)*];

        impl Settings {
            /// Reads each setting, and adds what is wrong to the faults. A setting with a fault gets its default, so
            /// that the others can be checked.
            fn extract(from: &Figment, faults: &mut Vec<String>) -> Option<Self> {
                Some(Settings {
                    $($name: read::<$type>(from, stringify!($name), faults)
                        .or_else(|| Setting::read(&Value::from($default)).ok())?,)*
                })
            }
        }
    };
}

settings! {
    /// File of baskets, one a line, also compressed; without one, the sample supermarket
    data: Optional<PathBuf> = "",
    /// What separates its items: `whitespace`, `tab` or a character; if not set, `,` for .csv and whitespace otherwise
    delimiter: Optional<Delimiter> = "",
    /// Folder of the sales that are posted, and of the model's snapshot
    store: PathBuf = "itemset-store",
    /// Address and port; port 0 takes a free one
    listen: SocketAddr = "127.0.0.1:8080",
    /// File with a bearer token a line, any of which is asked for; without one, anybody may ask
    token_file: Optional<PathBuf> = "",
    /// What is logged to standard error: `error`, `warn`, `info`, `debug` (each request), or a filter of `tracing`
    log: String = "info",

    /// Smallest support of an itemset, as a fraction of all baskets
    min_support: f64 = "0.002",
    /// Smallest confidence of a rule
    min_confidence: f64 = "0.1",
    /// Longest itemset
    max_len: usize = "3",
    /// Most itemsets; a refresh that finds more fails
    max_itemsets: u64 = "1000000",
    /// Policy of requests that name none
    policy: Policy = "best-confidence",

    /// Seconds after which changed sales are mined again; 0 is never
    refresh_seconds: u64 = "300",
    /// Sales, or customers forgotten, after which all is mined again at once; 0 is never
    refresh_after_baskets: u64 = "1000",
    /// Threads of a refresh
    refresh_threads: usize = "1",
    /// Longest time of a refresh, in seconds
    refresh_time_limit_seconds: u64 = "120",
    /// Most memory of a refresh, in bytes
    refresh_max_memory: u64 = "1000000000",

    /// Most bytes of the body of a request
    max_body: usize = "1000000",
    /// Most items of a basket
    max_basket: usize = "100",
    /// Most baskets of a request
    max_batch: usize = "1000",
    /// Most recommendations of a request: baskets times k
    max_answers: usize = "20000",
    /// Most recommendations for a basket
    max_k: usize = "100",
    /// Most labels to leave out
    max_exclude: usize = "1000",
    /// Most bytes of a label, a customer or a key
    max_label: usize = "200",
    /// Most rules or itemsets of a page
    max_per_page: usize = "500",

    /// Most bytes of the store; beyond it sales are refused with 507
    max_store: u64 = "4000000000",
    /// Most items, and pairs of them, that are counted (some 50 bytes each); beyond it sales are refused with 507
    max_pairs: usize = "20000000",
    /// Most sales that wait to be stored; beyond it they are refused with 503
    write_queue: usize = "1024",

    /// Most connections at once; further ones wait
    max_connections: usize = "1024",
    /// Most requests at once; further ones are refused with 503
    max_requests: usize = "512",
    /// Requests per second of all clients together, on average; 0 is no limit
    rate: u32 = "100000",
    /// Requests per second of one client address, on average; 0 is no limit
    rate_per_client: u32 = "50000",
    /// Most bytes of the head of a request
    max_head: usize = "16384",
    /// Most header lines of a request
    max_headers: usize = "64",
    /// Seconds in which the head of a request has to come, and an idle connection is kept
    head_seconds: u64 = "10",
    /// Seconds in which the body of a request has to come
    body_seconds: u64 = "10",
    /// Seconds in which a request is answered
    request_seconds: u64 = "15",
    /// Seconds that a client may take none of its answer
    write_seconds: u64 = "10",
    /// Seconds that running requests get at the end
    drain_seconds: u64 = "10",
    /// Origins that browsers may ask from, such as `https://shop.example`, separated by commas; none is no CORS
    cors_origins: Vec<String> = "",
    /// Threads that answer; 0 is one for each processor
    worker_threads: usize = "0",
}

/// The most seconds of a setting: a year.
const LONGEST: u64 = 365 * 86_400;

/// The most threads.
const THREADS: u64 = 1024;

/// The most of what is held, or waits, at once.
const MANY: u64 = 1_000_000;

/// A value that need not be set.
pub type Optional<T> = Option<T>;

impl Settings {
    /// From the arguments of the program, the environment and the file.
    ///
    /// # Errors
    ///
    /// A line for each fault.
    pub fn load(arguments: &clap::ArgMatches) -> Result<Self, Vec<String>> {
        let flag = |name: &str| arguments.get_one::<String>(name).cloned();
        let defaults: BTreeMap<&str, &str> = TABLE.iter().map(|&(name, default, _)| (name, default)).collect();
        let flags: BTreeMap<&str, String> =
            TABLE.iter().filter_map(|&(name, ..)| flag(name).map(|value| (name, value))).collect();
        let mut figment = Figment::from(named(defaults, "default"));
        let mut faults = Vec::new();
        if let Some(file) = flag("config").or_else(|| std::env::var(format!("{PREFIX}CONFIG")).ok()) {
            let toml = Toml::file_exact(&file);
            match toml.data() {
                _ if !PathBuf::from(&file).is_file() => faults.push(format!("config: {file} is no file")),
                Ok(_) => figment = figment.merge(toml),
                Err(errors) => faults
                    .extend(errors.into_iter().map(|error| format!("config: {}", without_lines(&error.to_string())))),
            }
        }
        for (name, value) in std::env::vars_os() {
            // Such a value would be passed over, and the default taken.
            let name = name.to_string_lossy();
            if name.starts_with(PREFIX) && value.to_str().is_none() {
                faults.push(format!("{name}: no UTF-8, from the environment"));
            }
        }
        figment = figment.merge(Env::prefixed(PREFIX).ignore(&["config"])).merge(named(flags, "flag"));
        Settings::from_sources(&figment, faults)
    }

    fn from_sources(figment: &Figment, mut faults: Vec<String>) -> Result<Self, Vec<String>> {
        match figment.data() {
            Ok(data) => {
                for key in data.values().flat_map(|dict| dict.keys()) {
                    if !TABLE.iter().any(|(name, ..)| name == key) {
                        faults.push(format!("{key}: there is no such setting (--help lists them)"));
                    }
                }
            }
            Err(errors) => faults.extend(errors.into_iter().map(|error| error.to_string())),
        }
        let settings = Settings::extract(figment, &mut faults);
        if let Some(settings) = &settings {
            settings.check(&mut faults);
        }
        settings.filter(|_| faults.is_empty()).ok_or(faults)
    }

    /// What a type does not tell.
    fn check(&self, faults: &mut Vec<String>) {
        for (name, value, least, most) in self.ranges() {
            if value < least {
                faults.push(format!("{name}: {value} (expected at least {least})"));
            } else if value > most {
                faults.push(format!("{name}: {value} (expected at most {most})"));
            }
        }
        if !(self.min_support > 0.0 && self.min_support <= 1.0) {
            faults.push(format!("min_support: {} (expected a fraction above 0 and up to 1)", self.min_support));
        }
        if !(0.0..=1.0).contains(&self.min_confidence) {
            faults.push(format!("min_confidence: {} (expected a fraction from 0 to 1)", self.min_confidence));
        }
        if self.store.as_os_str().is_empty() {
            faults.push("store: no path (expected a folder)".to_string());
        }
        faults.extend(fault_of_log(&self.log).map(|fault| format!("log: {fault}")));
        if self.policy == Policy::ExpectedProfit {
            faults.push("policy: expected-profit needs margins, which this service does not have".to_string());
        }
        for origin in &self.cors_origins {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            if !host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' '])) || !origin.is_ascii() {
                faults.push(format!("cors_origins: {origin} (expected origins such as https://shop.example)"));
            }
        }
        if let Some(file) = self.data.as_ref().filter(|file| !file.is_file()) {
            faults.push(format!("data: {} is no file", file.display()));
        }
        if let Some(file) = self.token_file.as_ref().filter(|file| !file.is_file()) {
            faults.push(format!("token_file: {} is no file", file.display()));
        }
    }

    /// Of each number that is bounded: its name, its value, the least and the most it may be. Beyond the most there
    /// are no clocks, no threads and no queues.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 24] {
        let whole = |name, value: usize, least, most| (name, value as u64, least, most);
        [
            whole("max_len", self.max_len, 1, u64::MAX),
            ("max_itemsets", self.max_itemsets, 1, u64::MAX),
            ("refresh_seconds", self.refresh_seconds, 0, LONGEST),
            whole("refresh_threads", self.refresh_threads, 1, THREADS),
            ("refresh_time_limit_seconds", self.refresh_time_limit_seconds, 1, LONGEST),
            whole("max_body", self.max_body, 1024, u64::MAX),
            whole("max_basket", self.max_basket, 1, MANY),
            whole("max_batch", self.max_batch, 1, MANY),
            whole("max_answers", self.max_answers, 1, u64::MAX),
            whole("max_k", self.max_k, 1, MANY),
            whole("max_label", self.max_label, 1, 1000),
            whole("max_per_page", self.max_per_page, 1, u64::MAX),
            ("max_store", self.max_store, 1 << 20, u64::MAX),
            whole("write_queue", self.write_queue, 1, MANY),
            whole("max_connections", self.max_connections, 1, MANY),
            whole("max_requests", self.max_requests, 1, MANY),
            whole("max_head", self.max_head, 8192, 1 << 30),
            whole("max_headers", self.max_headers, 1, 10_000),
            ("head_seconds", self.head_seconds, 1, LONGEST),
            ("body_seconds", self.body_seconds, 1, LONGEST),
            ("request_seconds", self.request_seconds, 1, LONGEST),
            ("write_seconds", self.write_seconds, 1, LONGEST),
            ("drain_seconds", self.drain_seconds, 0, LONGEST),
            whole("worker_threads", self.worker_threads, 0, THREADS),
        ]
    }
}

/// An error without the lines of the file that it shows: that may be the wrong file, with a secret in it.
fn without_lines(error: &str) -> String {
    let parts: Vec<&str> =
        error.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains('|')).collect();
    parts.join(": ")
}

/// What is wrong with a filter of the log. A word that is no level would silence it.
fn fault_of_log(log: &str) -> Option<String> {
    let expected = "expected error, warn, info, debug, or targets such as itemset_service=debug";
    let is_word = |part: &&str| !part.contains(['=', '[']) && part.parse::<LevelFilter>().is_err();
    match EnvFilter::try_new(log) {
        Err(error) => Some(format!("{log}: {error} ({expected})")),
        Ok(_) => log.split(',').map(str::trim).find(is_word).map(|part| format!("{part} ({expected})")),
    }
}

/// The flags: one for each setting, and that of the file.
#[must_use]
pub fn command() -> Command {
    let config = Arg::new("config").long("config").value_name("FILE.toml").help("File of settings, in TOML");
    let flags = TABLE.iter().map(|&(name, default, help)| {
        let help = format!(
            "{}{}",
            help.trim(),
            if default.is_empty() { String::new() } else { format!(" [default: {default}]") }
        );
        let flag = Arg::new(name).long(name.replace('_', "-")).value_name(placeholder(name)).help(help);
        flag.action(ArgAction::Set).allow_hyphen_values(true)
    });
    Command::new("itemset-service")
        .version(env!("CARGO_PKG_VERSION"))
        .args_override_self(true)
        .about("Recommends items, over HTTP, by rules that it mines from baskets, and takes in new sales.")
        .after_help(format!(
            "Each setting can also be in the file, as `min_support = 0.01`, or in the environment, as \
             {PREFIX}MIN_SUPPORT=0.01. A flag goes before the environment, and that before the file."
        ))
        .arg(config)
        .args(flags)
}

fn placeholder(name: &str) -> &'static str {
    match name {
        "data" | "token_file" => "FILE",
        "store" => "DIR",
        "listen" => "ADDRESS",
        "policy" => "POLICY",
        "log" => "LEVEL",
        "delimiter" => "DELIMITER",
        "cors_origins" => "ORIGINS",
        "min_support" | "min_confidence" => "F",
        _ => "N",
    }
}

/// A provider of texts that errors call by a name.
fn named(values: BTreeMap<&str, impl serde::Serialize>, name: &'static str) -> impl Provider {
    Named(Serialized::from(values, Profile::Default), name)
}

struct Named<P>(P, &'static str);

impl<P: Provider> Provider for Named<P> {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named(self.1)
    }

    fn data(&self) -> Result<figment::value::Map<Profile, figment::value::Dict>, figment::Error> {
        self.0.data()
    }
}

/// A setting from what its sources say, if that is a value of its type.
fn read<T: Setting>(from: &Figment, name: &str, faults: &mut Vec<String>) -> Option<T> {
    let value = from.find_value(name).ok()?;
    match T::read(&value) {
        Ok(setting) => Some(setting),
        Err(reason) => {
            let source = from.get_metadata(value.tag()).map_or_else(String::new, |source| match &source.source {
                Some(file) => format!(", from {file}"),
                None => format!(", from {}", source.name),
            });
            faults.push(format!("{name}: {reason}{source}"));
            None
        }
    }
}

/// A type of settings.
trait Setting: Sized {
    fn read(value: &Value) -> Result<Self, String>;
}

/// Numbers, paths and texts are all written as texts somewhere, so they are all read as such.
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(_, text) => Ok(text.clone()),
        Value::Bool(_, bool) => Ok(bool.to_string()),
        Value::Char(_, char) => Ok(char.to_string()),
        Value::Num(_, number) => number
            .to_u128()
            .map(|number| number.to_string())
            .or_else(|| number.to_i128().map(|number| number.to_string()))
            .or_else(|| number.to_f64().map(|number| number.to_string()))
            .ok_or_else(|| "no number".to_string()),
        Value::Empty(..) | Value::Dict(..) | Value::Array(..) => Err("expected one value".to_string()),
    }
}

fn parse<T: FromStr>(text: &str, expected: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} (expected {expected})"))
}

macro_rules! parsed {
    ($($type:ty, $expected:expr;)*) => {
        $(impl Setting for $type {
            fn read(value: &Value) -> Result<Self, String> {
                parse(&text(value)?, $expected)
            }
        })*
    };
}

parsed! {
    u64, "a whole number";
    u32, "a whole number up to 4294967295";
    usize, "a whole number";
    f64, "a number";
    SocketAddr, "an address and a port, such as 127.0.0.1:8080";
    PathBuf, "a path";
    Delimiter, "whitespace, tab or a character";
    String, "a text";
    Policy, "best-confidence, best-lift, best-significant, evidence or noisy-or";
}

impl<T: Setting> Setting for Option<T> {
    fn read(value: &Value) -> Result<Self, String> {
        let is_unset = matches!(value, Value::String(_, text) if text.is_empty());
        if is_unset { Ok(None) } else { T::read(value).map(Some) }
    }
}

impl Setting for Vec<String> {
    fn read(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(_, values) => values.iter().map(text).collect(),
            _ => {
                Ok(text(value)?.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_string).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(file: &str, flags: &[&str]) -> Result<Settings, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, file).unwrap();
        let arguments = ["itemset-service", "--config", path.to_str().unwrap()];
        Settings::load(&command().get_matches_from(arguments.iter().chain(flags)))
    }

    #[test]
    fn a_flag_goes_before_the_file_and_that_before_the_default() {
        let settings = from("max_k = 7\nmin_support = 0.5\ncors_origins = [\"https://a.example\"]", &["--max-k", "9"]);
        let settings = settings.unwrap();
        assert_eq!((settings.max_k, settings.min_support, settings.max_batch), (9, 0.5, 1000));
        assert_eq!((settings.data, settings.cors_origins), (None, vec!["https://a.example".to_string()]));
    }

    #[test]
    fn all_faults_are_named() {
        let faults = from("max_k = 0\nmin_support = 2\n", &["--max-batch", "0", "--cors-origins", "*"]).unwrap_err();
        for name in ["max_k", "min_support", "max_batch", "cors_origins"] {
            assert!(faults.iter().any(|fault| fault.starts_with(name)), "{name}: {faults:?}");
        }
        let faults = from("max_k = \"many\"\nlisten = 8080", &["--policy", "best"]).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("listen: 8080 (expected an address"), "{faults:?}");
        let faults = from("max_kk = 1\nlisten_on = 3", &[]).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        // A fault of one kind hides none of another.
        let faults = from("max_kk = 1\nmax_k = \"many\"\nmin_support = 2\n", &["--log", "inof"]).unwrap_err();
        assert_eq!(faults.len(), 4, "{faults:?}");
        let faults = from("0123456789-secret-token", &[]).unwrap_err();
        assert!(faults[0].contains("line 1") && !faults[0].contains("secret"), "{faults:?}");
        let faults = from("max_k = = 1", &["--min-support", "2", "--listen", "nowhere"]).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
    }

    #[test]
    fn no_number_is_larger_than_what_it_is_for() {
        let most = u64::MAX.to_string();
        for name in ["write-queue", "max-connections", "max-requests", "worker-threads", "refresh-seconds"] {
            let faults = from("", &[&format!("--{name}"), &most]).unwrap_err();
            assert!(faults[0].contains("expected at most"), "{faults:?}");
        }
        let seconds = ["head", "body", "request", "write", "drain"].map(|name| format!("--{name}-seconds"));
        let flags: Vec<&str> = seconds.iter().flat_map(|flag| [flag.as_str(), &most]).collect();
        assert_eq!(from("", &flags).unwrap_err().len(), seconds.len());
    }

    #[test]
    fn a_log_that_would_be_silent_is_a_fault() {
        for log in ["inof", "itemset_service", "info,hyper", "info=x"] {
            assert!(from("", &["--log", log]).unwrap_err()[0].starts_with("log: "), "{log}");
        }
        for log in ["info", "off", "warn,itemset_service=debug", "itemset_service[request]=trace"] {
            assert!(from("", &["--log", log]).is_ok(), "{log}");
        }
        assert!(from("", &["--store", ""]).unwrap_err()[0].starts_with("store: "));
    }

    #[test]
    fn every_setting_is_in_the_help() {
        let help = command().render_long_help().to_string();
        for (name, ..) in TABLE {
            assert!(help.contains(&format!("--{}", name.replace('_', "-"))), "{name}");
        }
    }
}
