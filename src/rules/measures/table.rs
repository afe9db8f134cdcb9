//! The table of measures: one entry each, with everything about it.

use super::definition::{Definition, Growth};
use super::entry::{bound, growth, independence, larger, measures, names, source};
use super::exact::{difference, excess, product, ratio, share};
use super::formulas::{causal_confidence, chi_squared, collective_strength, excess_over_root, gini, klosgen, phi};
use super::hypergeometric::Hypergeometric;
use super::logarithmic::{importance, j_measure, mutual_information, weighted_log2_lift};
use super::rounding::{contrast_of_roots, root_of_products};

measures! {
    /// The share of all baskets that hold both sides: how often the rule applies.
    Support = "support" {
        formula: "n_xy / n",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: agrawal_1993,
        value: |t| share(t.n_xy(), t.n()),
    }

    /// The baskets that hold both sides: support as a number.
    Count = "count" {
        formula: "n_xy",
        range: (1.0) to (infinity),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: agrawal_1993,
        value: |t| t.n_xy() as f64,
    }

    /// The share of all baskets that hold X: how often the rule can be applied at all, the support of the antecedent.
    Coverage = "coverage" {
        formula: "n_x / n",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: rises,
        symmetric: false,
        source: agrawal_1993,
        value: |t| share(t.n_x(), t.n()),
    }

    /// The share of all baskets that hold Y: the confidence that a rule has by chance.
    ConsequentSupport = "consequent_support" {
        formula: "n_y / n",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: rises,
        symmetric: false,
        source: agrawal_1993,
        value: |t| share(t.n_y(), t.n()),
    }

    /// The share of the baskets with X that also hold Y: the estimated P(Y | X). A frequent Y gives it a high
    /// value whatever X is, which lift and conviction correct for.
    Confidence = "confidence" {
        formula: "n_xy / n_x",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: agrawal_1993,
        value: |t| share(t.n_xy(), t.n_x()),
    }

    /// How many times as often as by chance the sides come together. High values are easily reached by rare
    /// items, whatever the evidence.
    Lift = "lift" {
        formula: "n n_xy / (n_x n_y)",
        range: (0.0) to (infinity),
        independence: 1.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "S. Brin, R. Motwani, J. Ullman, S. Tsur: Dynamic itemset counting and implication rules for market basket data, SIGMOD 1997 (there: interest)",
        value: |t| ratio(product(t.n(), t.n_xy()), product(t.n_x(), t.n_y()), 1.0),
    }

    /// The share of all baskets that hold both sides beyond what chance gives: lift that takes into account how many
    /// baskets it is about.
    Leverage = "leverage" {
        formula: "n_xy / n - n_x n_y / n²",
        range: (-0.25) to (0.25),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "G. Piatetsky-Shapiro: Discovery, analysis, and presentation of strong rules, in: Knowledge Discovery in Databases, 1991",
        value: |t| difference(excess(t), product(t.n(), t.n())),
    }

    /// How many times as often as it does X would come without Y if they were independent: unlike lift it has a
    /// direction. Infinite where X never comes without Y, but 1 where every basket holds Y.
    Conviction = "conviction" {
        formula: "n_x (n - n_y) / (n (n_x - n_xy))",
        range: (0.0) to (infinity),
        independence: 1.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "S. Brin, R. Motwani, J. Ullman, S. Tsur: Dynamic itemset counting and implication rules for market basket data, SIGMOD 1997",
        value: |t| ratio(product(t.n_x(), t.not_y()), product(t.n(), t.x_alone()), 1.0),
    }

    /// By how much X raises the share of baskets with Y: confidence less the share that Y has anyway.
    AddedValue = "added_value" {
        formula: "n_xy / n_x - n_y / n",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "S. Sahar, Y. Mansour: An empirical evaluation of objective interestingness criteria, SPIE 1999",
        value: |t| difference(excess(t), product(t.n_x(), t.n())),
    }

    /// [Added value](Measure::AddedValue) by another name.
    CenteredConfidence = "centered_confidence" {
        formula: "n_xy / n_x - n_y / n",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "S. Lallich, O. Teytaud, E. Prudhomme: Association rule interestingness: measure and statistical validation, in: Quality Measures in Data Mining, 2007",
        value: |t| difference(excess(t), product(t.n_x(), t.n())),
    }

    /// How far X takes the share of baskets with Y towards 1, of what there is left to go; below chance how far towards
    /// 0, as a negative number. Other programs use the first branch below chance too, and then print values below -1.
    Certainty = "certainty" {
        formula: "p >= q: (p - q) / (1 - q), else (p - q) / q, with p = n_xy / n_x and q = n_y / n",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "J. Loevinger: A systematic approach to the construction and evaluation of tests of ability, Psychological Monographs 61, 1947; E. H. Shortliffe, B. G. Buchanan: A model of inexact reasoning in medicine, Mathematical Biosciences 23, 1975",
        value: |t| {
            let excess = excess(t);
            difference(excess, product(t.n_x(), if excess >= 0 { t.not_y() } else { t.n_y() }))
        },
    }

    /// The cosine of the angle between the columns of the two sides: the geometric mean of lift and support. Does not
    /// depend on baskets that hold neither.
    Cosine = "cosine" {
        formula: "n_xy / √(n_x n_y)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004",
        value: |t| root_of_products([t.n_xy().into(), t.n_xy().into(), 1], [product(t.n_x(), t.n_y()), 1, 1]),
    }

    /// The share of the baskets with either side that hold both. Does not depend on baskets that hold neither.
    Jaccard = "jaccard" {
        formula: "n_xy / (n_x + n_y - n_xy)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "C. J. van Rijsbergen: Information retrieval, 2nd edition, 1979; after P. Jaccard, 1901",
        value: |t| share(t.n_xy(), t.either()),
    }

    /// The mean of the confidences in both directions. Does not depend on baskets that hold neither; best read with
    /// [imbalance](Measure::Imbalance).
    Kulczynski = "kulczynski" {
        formula: "(n_xy / n_x + n_xy / n_y) / 2",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "T. Wu, Y. Chen, J. Han: Re-examination of interestingness measures in pattern mining, Data Mining and Knowledge Discovery 21, 2010; after S. Kulczyński, 1927",
        value: |t| ratio(product(t.n_xy(), t.n_x() + t.n_y()), 2 * product(t.n_x(), t.n_y()), 1.0),
    }

    /// The larger of the confidences in both directions.
    MaxConfidence = "max_confidence" {
        formula: "n_xy / min(n_x, n_y)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004",
        value: |t| share(t.n_xy(), t.n_x().min(t.n_y())),
    }

    /// The smaller of the confidences in both directions.
    AllConfidence = "all_confidence" {
        formula: "n_xy / max(n_x, n_y)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "E. R. Omiecinski: Alternative interest measures for mining associations in databases, IEEE TKDE 15, 2003",
        value: |t| share(t.n_xy(), t.n_x().max(t.n_y())),
    }

    /// How much more frequent one side is than the other: near 1, X and Y hardly say the same thing of each other.
    Imbalance = "imbalance" {
        formula: "|n_x - n_y| / (n_x + n_y - n_xy)",
        range: (0.0) to (1.0),
        independence: margins,
        better: smaller,
        as_sides_grow: varies,
        symmetric: true,
        source: "T. Wu, Y. Chen, J. Han: Re-examination of interestingness measures in pattern mining, Data Mining and Knowledge Discovery 21, 2010",
        value: |t| share(t.n_x().abs_diff(t.n_y()), t.either()),
    }

    /// The correlation of the two sides, as columns of zeros and ones.
    Phi = "phi" {
        formula: "(n n_xy - n_x n_y) / √(n_x n_y (n - n_x) (n - n_y))",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after K. Pearson, 1900",
        value: phi,
    }

    /// Pearson's statistic of independence, n times the square of [phi](Measure::Phi). Large where the sides come
    /// together more often than by chance, and also where they do so less often. Above 3.84 in one of 20 pairs of
    /// independent sides.
    ChiSquared = "chi_squared" {
        formula: "n (ad - bc)² / (n_x n_y (n - n_x) (n - n_y))",
        range: (0.0) to (infinity),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "S. Brin, R. Motwani, C. Silverstein: Beyond market baskets: generalizing association rules to correlations, SIGMOD 1997",
        value: chi_squared,
    }

    /// The probability of so large a [chi-squared](Measure::ChiSquared) or a larger one by chance; as a logarithm it
    /// comes from [`Contingency::chi_squared_test`](crate::Contingency::chi_squared_test).
    ChiSquaredPValue = "chi_squared_p_value" {
        formula: "P(C >= chi_squared), C with 1 degree of freedom",
        range: (0.0) to (1.0),
        independence: 1.0,
        better: smaller,
        as_sides_grow: varies,
        symmetric: true,
        source: "S. Brin, R. Motwani, C. Silverstein: Beyond market baskets: generalizing association rules to correlations, SIGMOD 1997",
        value: |t| t.chi_squared_test().value(),
    }

    /// The probability that the sides would occur together at least this often by chance: one-sided. As a logarithm,
    /// which keeps values below 5e-324 distinct, it comes from
    /// [`Contingency::fishers_exact_test`](crate::Contingency::fishers_exact_test).
    FishersExactTest = "fishers_exact_test" {
        formula: "P(H >= n_xy), H hypergeometric (n_y of n are drawn, n_x count)",
        range: (0.0) to (1.0),
        independence: margins,
        better: smaller,
        as_sides_grow: varies,
        symmetric: true,
        source: "R. A. Fisher: Statistical methods for research workers, 5th edition, 1934; M. Hahsler, K. Hornik: New probabilistic interest measures for association rules, Intelligent Data Analysis 11, 2007",
        value: |t| t.fishers_exact_test().value(),
    }

    /// The probability that the sides would come together less often by chance: 1 less [Fisher's
    /// test](Measure::FishersExactTest).
    HyperConfidence = "hyper_confidence" {
        formula: "P(H < n_xy), H hypergeometric (n_y of n are drawn, n_x count)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "M. Hahsler, K. Hornik: New probabilistic interest measures for association rules, Intelligent Data Analysis 11, 2007",
        value: |t| t.hyper_confidence(),
    }

    /// How many times as often the sides come together as they do by chance in all but one of a hundred cases: lift
    /// that rare items do not reach so easily. Infinite where that is 0.
    HyperLift = "hyper_lift" {
        formula: "n_xy / the smallest k with P(H <= k) >= 0.99, H hypergeometric (n_y of n are drawn, n_x count)",
        range: (0.0) to (infinity),
        independence: margins,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "M. Hahsler, K. Hornik: New probabilistic interest measures for association rules, Intelligent Data Analysis 11, 2007",
        value: |t| ratio(t.n_xy().into(), Hypergeometric::new(t).quantile(0.99).into(), 1.0),
    }

    /// The odds of Y in baskets with X, over those in baskets without X.
    OddsRatio = "odds_ratio" {
        formula: "ad / (bc)",
        range: (0.0) to (infinity),
        independence: 1.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after J. Cornfield, 1951",
        value: |t| ratio(product(t.n_xy(), t.neither()), product(t.x_alone(), t.y_alone()), 1.0),
    }

    /// The [odds ratio](Measure::OddsRatio) r brought to -1 to 1, as (r - 1) / (r + 1).
    YuleQ = "yule_q" {
        formula: "(ad - bc) / (ad + bc)",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "G. U. Yule: On the association of attributes in statistics, Philosophical Transactions A 194, 1900",
        value: |t| difference(excess(t), product(t.n_xy(), t.neither()) + product(t.x_alone(), t.y_alone())),
    }

    /// The [odds ratio](Measure::OddsRatio) r brought to -1 to 1, as (√r - 1) / (√r + 1): what phi would be if both
    /// sides were in half of the baskets.
    YuleY = "yule_y" {
        formula: "(√(ad) - √(bc)) / (√(ad) + √(bc))",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "G. U. Yule: On the methods of measuring association between two attributes, Journal of the Royal Statistical Society 75, 1912",
        value: |t| {
            match (product(t.n_xy(), t.neither()), product(t.x_alone(), t.y_alone())) {
                (0, 0) => 0.0,
                (agree, disagree) => contrast_of_roots(agree, disagree),
            }
        },
    }

    /// How many times as often Y is in baskets with X as in those without X.
    RelativeRisk = "relative_risk" {
        formula: "(n_xy / n_x) / (c / (n - n_x))",
        range: (0.0) to (infinity),
        independence: 1.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "A. A. Freitas: On rule interestingness measures, Knowledge-Based Systems 12, 1999; C. L. Sistrom, C. W. Garvan: Proportions, odds, and risk, Radiology 230, 2004",
        value: |t| ratio(product(t.n_xy(), t.not_x()), product(t.n_x(), t.y_alone()), 1.0),
    }

    /// How much larger the share of baskets with Y is among those with X than among those without X.
    DifferenceOfConfidence = "difference_of_confidence" {
        formula: "n_xy / n_x - c / (n - n_x)",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "H. Hofmann, A. Wilhelm: Visual comparison of association rules, Computational Statistics 16, 2001",
        value: |t| difference(excess(t), product(t.n_x(), t.not_x())),
    }

    /// By how much knowing whether X is in the basket lowers the Gini impurity of whether Y is.
    Gini = "gini" {
        formula: "n_x/n (p² + (1-p)²) + (n - n_x)/n (r² + (1-r)²) - q² - (1-q)², with p = n_xy / n_x, q = n_y / n, r = c / (n - n_x); equal to 2 (n n_xy - n_x n_y)² / (n² n_x (n - n_x))",
        range: (0.0) to (0.5),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: false,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after L. Breiman, J. Friedman, R. Olshen, C. Stone: Classification and regression trees, 1984",
        value: gini,
    }

    /// Cohen's agreement of the two sides beyond chance: 1 where they are in the same baskets.
    Kappa = "kappa" {
        formula: "(n a + n d - n_x n_y - (n - n_x)(n - n_y)) / (n² - n_x n_y - (n - n_x)(n - n_y))",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after J. Cohen, 1960",
        value: |t| 2.0 * difference(excess(t), product(t.n_x(), t.not_y()) + product(t.n_y(), t.not_x())),
    }

    /// By which share knowing whether X is in the basket lowers the errors in guessing whether Y is. 0 for all rules
    /// that change no guess.
    Lambda = "lambda" {
        formula: "(max(a, b) + max(c, d) - M) / (n - M), with M = max(n_y, n - n_y)",
        range: (0.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: false,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after L. Goodman, W. Kruskal, 1954",
        value: |t| {
            let most = t.n_y().max(t.not_y());
            let guessed = t.n_xy().max(t.x_alone()) + t.y_alone().max(t.neither());
            ratio((guessed - most).into(), (t.n() - most).into(), 0.0)
        },
    }

    /// How much of the uncertainty (entropy) about one side the other one takes away.
    MutualInformation = "mutual_information" {
        formula: "Σ n_ij/n ln(n n_ij / (n_i n_j)) over the cells, divided by the smaller of the entropies of X and Y",
        range: (0.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004",
        value: mutual_information,
    }

    /// How much X says about whether Y is in the basket, and how often: what Y's distribution given X adds in
    /// information (nats). Smyth and Goodman take logarithms to base 2. At most 1/e.
    JMeasure = "j_measure" {
        formula: "a/n ln(n a / (n_x n_y)) + b/n ln(n b / (n_x (n - n_y)))",
        range: (0.0) to (0.36787944117144233),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: false,
        source: "P. Smyth, R. M. Goodman: Rule induction using information theory, in: Knowledge Discovery in Databases, 1991",
        value: j_measure,
    }

    /// Confidence drawn towards 1/2, the more so the rarer X is.
    Laplace = "laplace" {
        formula: "(n_xy + 1) / (n_x + 2)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "P.-N. Tan, V. Kumar, J. Srivastava: Selecting the right objective measure for association analysis, Information Systems 29, 2004; after P. Clark, R. Boswell: Rule induction with CN2, 1991",
        value: |t| share(t.n_xy() + 1, t.n_x() + 2),
    }

    /// The logarithm (base 10) of the [relative risk](Measure::RelativeRisk), both shares drawn towards 1/2 as in
    /// [Laplace](Measure::Laplace).
    Importance = "importance" {
        formula: "log10((a + 1)(n - n_x + 2) / ((c + 1)(n_x + 2)))",
        range: (-infinity) to (infinity),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "MS Analysis Services: Microsoft association algorithm technical reference",
        value: importance,
    }

    /// Confidence weighted by support.
    RulePowerFactor = "rule_power_factor" {
        formula: "n_xy² / (n_x n)",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "S. Ochin, S. Kumar, N. Joshi: Rule power factor: a new interest measure in associative classification, Procedia Computer Science 93, 2016",
        value: |t| ratio(product(t.n_xy(), t.n_xy()), product(t.n_x(), t.n()), 1.0),
    }

    /// The share of all baskets that speak against the rule.
    Ralambondrainy = "ralambondrainy" {
        formula: "(n_x - n_xy) / n",
        range: (0.0) to (1.0),
        independence: margins,
        better: smaller,
        as_sides_grow: rises,
        symmetric: false,
        source: "H. Ralambondrainy: Apprentissage dans le contexte d'un schéma de base de données, 1991",
        value: |t| share(t.x_alone(), t.n()),
    }

    /// The odds of Y in baskets with X. Infinite where X never comes without Y.
    Sebag = "sebag" {
        formula: "a / b",
        range: (0.0) to (infinity),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "M. Sebag, M. Schoenauer: Generation of rules with certainty and confidence factors from incomplete and incoherent learning bases, EKAW 1988",
        value: |t| ratio(t.n_xy().into(), t.x_alone().into(), 1.0),
    }

    /// The baskets for the rule less those against it, as a share of those for it: 1 where none is against it.
    Counterexample = "counterexample" {
        formula: "(a - b) / a",
        range: (-infinity) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "L. Geng, H. J. Hamilton: Interestingness measures for data mining: a survey, ACM Computing Surveys 38, 2006 (example and counterexample rate)",
        value: |t| difference(t.for_and_against(), t.n_xy().into()),
    }

    /// The share of the baskets with X that also hold Y, less that of those that do not.
    ConfirmedConfidence = "confirmed_confidence" {
        formula: "(a - b) / n_x",
        range: (-1.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "Y. Kodratoff: Comparing machine learning and knowledge discovery in databases, in: Machine Learning and Its Applications, 2001",
        value: |t| difference(t.for_and_against(), t.n_x().into()),
    }

    /// The baskets with both sides beyond what chance gives, in standard deviations of a Poisson variable.
    Lerman = "lerman" {
        formula: "(n_xy - n_x n_y / n) / √(n_x n_y / n)",
        range: (-infinity) to (infinity),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "I.-C. Lerman: Classification et analyse ordinale des données, 1981",
        value: |t| excess_over_root(t, t.n().into(), product(t.n_x(), t.n_y())),
    }

    /// The baskets with X and without Y beyond what chance gives, in standard deviations of a Poisson variable: below 0
    /// for a rule that is better than chance.
    ImplicationIndex = "implication_index" {
        formula: "(b - n_x (n - n_y) / n) / √(n_x (n - n_y) / n)",
        range: (-infinity) to (infinity),
        independence: 0.0,
        better: smaller,
        as_sides_grow: varies,
        symmetric: false,
        source: "R. Gras, A. Larher: L'implication statistique, une nouvelle méthode d'analyse de données, Mathématiques et sciences humaines 120, 1992",
        value: |t| match product(t.n_x(), t.not_y()) {
            0 => 0.0,
            expected => -excess_over_root(t, t.n().into(), expected),
        },
    }

    /// Lift counted from 0 on.
    VaryingLiaison = "varying_liaison" {
        formula: "n n_xy / (n_x n_y) - 1",
        range: (-1.0) to (infinity),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "J.-M. Bernard, C. Charron: L'analyse implicative bayésienne, Mathématiques et sciences humaines 134, 1996",
        value: |t| difference(excess(t), product(t.n_x(), t.n_y())),
    }

    /// The baskets for the rule less those against it, as a share of those with Y.
    LeastContradiction = "least_contradiction" {
        formula: "(a - b) / n_y",
        range: (-infinity) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: varies,
        symmetric: false,
        source: "J. Azé, Y. Kodratoff: Extraction de pépites de connaissances dans les données, EGC 2002",
        value: |t| difference(t.for_and_against(), t.n_y().into()),
    }

    /// The share of the baskets that hold both sides or neither.
    CausalSupport = "causal_support" {
        formula: "(a + d) / n",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "Y. Kodratoff: Comparing machine learning and knowledge discovery in databases, in: Machine Learning and Its Applications, 2001 (some programs print casualSupport)",
        value: |t| share(t.n_xy() + t.neither(), t.n()),
    }

    /// The mean of the confidences of X ⇒ Y and of not Y ⇒ not X.
    CausalConfidence = "causal_confidence" {
        formula: "(n_xy / n_x + d / (n - n_y)) / 2",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "Y. Kodratoff: Comparing machine learning and knowledge discovery in databases, in: Machine Learning and Its Applications, 2001 (some programs print casualConfidence)",
        value: causal_confidence,
    }

    /// How many times as often as by chance the sides agree (both or neither), times how many times as rarely they
    /// disagree.
    CollectiveStrength = "collective_strength" {
        formula: "v/e (1-e)/(1-v), with v = (a + d) / n and e = (n_x n_y + (n - n_x)(n - n_y)) / n²",
        range: (0.0) to (infinity),
        independence: 1.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "C. C. Aggarwal, P. S. Yu: A new framework for itemset generation, PODS 1998",
        value: collective_strength,
    }

    /// Relative linkage disequilibrium: how far the table is from independence, of how far it could be with these
    /// counts of the side that is bounded first. Does not distinguish above chance from below.
    Rld = "rld" {
        formula: "with D = (ad - bc) / n: D > 0: D / (D + min(b, c)), else D / (D - min(a, d))",
        range: (0.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "R. Kenett, S. Salini: Relative linkage disequilibrium: a new measure for association rules, ICDM 2008",
        value: |t| match excess(t) {
            0 => 0.0,
            excess => {
                let least = if excess > 0 { t.x_alone().min(t.y_alone()) } else { t.n_xy().min(t.neither()) };
                let excess = excess.unsigned_abs();
                ratio(excess, excess + product(t.n(), least), 0.0)
            }
        },
    }

    /// Where lift lies between the smallest and the largest that it could have with sides so frequent: 0 to 1. This is
    /// the form without the thresholds of the search.
    StandardisedLift = "standardised_lift" {
        formula: "(lift - L) / (U - L), with L = max(n_x + n_y - n, 1) n / (n_x n_y) and U = n / max(n_x, n_y); 1 where U = L",
        range: (0.0) to (1.0),
        independence: margins,
        better: larger,
        as_sides_grow: varies,
        symmetric: true,
        source: "P. D. McNicholas, T. B. Murphy, M. O'Regan: Standardising the lift of an association rule, Computational Statistics & Data Analysis 52, 2008",
        value: |t| {
            // In counts: lift times n_x n_y / n.
            let least = (t.n_x() + t.n_y()).saturating_sub(t.n()).max(1);
            ratio((t.n_xy() - least).into(), (t.n_x().min(t.n_y()) - least).into(), 1.0)
        },
    }

    /// The difference between the shares of baskets with Y among those with X and those without X, as a share of the
    /// larger.
    Zhang = "zhang" {
        formula: "leverage / max(n_xy/n (1 - n_x/n), n_x/n (n_y/n - n_xy/n))",
        range: (-1.0) to (1.0),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "T. Zhang: Association rules, PAKDD 2000",
        value: |t| difference(excess(t), product(t.n_xy(), t.not_x()).max(product(t.n_x(), t.y_alone()))),
    }

    /// [Added value](Measure::AddedValue) weighted by the root of support. This is the variant of Geng and Hamilton;
    /// Klösgen weights by the root of coverage. From -4/27 to 2/√27.
    Klosgen = "klosgen" {
        formula: "√(n_xy / n) (n_xy / n_x - n_y / n)",
        range: (-0.14814814814814814) to (0.3849001794597505),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: false,
        source: "L. Geng, H. J. Hamilton: Interestingness measures for data mining: a survey, ACM Computing Surveys 38, 2006; after W. Klösgen: Explora, in: Advances in Knowledge Discovery and Data Mining, 1996",
        value: klosgen,
    }

    /// Confidence times the logarithm (base 2) of lift. At least -log2(e)/e.
    OneWaySupport = "one_way_support" {
        formula: "n_xy / n_x log2(lift)",
        range: (-0.530737845423043) to (infinity),
        independence: 0.0,
        better: larger,
        as_sides_grow: varies,
        symmetric: false,
        source: "Y. Y. Yao, N. Zhong: An analysis of quantitative measures associated with rules, PAKDD 1999",
        value: |t| weighted_log2_lift(t, t.n_x()),
    }

    /// Support times the logarithm (base 2) of lift. From -log2(e)/e to log2(e)/e.
    TwoWaySupport = "two_way_support" {
        formula: "n_xy / n log2(lift)",
        range: (-0.530737845423043) to (0.530737845423043),
        independence: 0.0,
        better: larger,
        as_sides_grow: falls,
        symmetric: true,
        source: "Y. Y. Yao, N. Zhong: An analysis of quantitative measures associated with rules, PAKDD 1999",
        value: |t| weighted_log2_lift(t, t.n()),
    }
}
