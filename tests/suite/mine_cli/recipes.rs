//! Recipes, categories and samples on the command line.

use std::fs;

use super::program::{Ran, mine};

const SALES: &str = "receipt,time,store,item,price\n\
    1,2026-11-28 18:05,suburb,diapers,7.99\n1,2026-11-28 18:05,suburb,beer,0.99\n\
    2,2026-11-27 09:30,city,wine,9.50\n2,2026-11-27 09:30,city,beer,0.89\n\
    3,2026-11-29 19:00,suburb,diapers,7.49\n3,2026-11-29 19:00,suburb,beer,\n";

const TREE: &str = "child,parent\nbeer,drinks\nwine,drinks\ndrinks,food\nwine,gifts\n";

/// Runs in a folder with these files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Folder(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("sales.csv", SALES),
            ("tree.csv", TREE),
            ("baskets.txt", "beer chips\nwine chips\nbeer wine chips\nchips\n"),
        ] {
            folder.write(name, text);
        }
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    /// Words that name a file here are its path.
    fn mine(&self, arguments: &str) -> Ran {
        mine(arguments.split_whitespace().map(|word| match word.contains('.') && !word.starts_with("0.") {
            true => self.0.path().join(word).into_os_string(),
            false => word.into(),
        }))
    }
}

const OPTIONS: &str = "--format long --basket-columns receipt --item-column item --context store --time-column time \
    --time-parts day --session-gap 30m --discretise price=means:2 --negative wine --missing item";

#[test]
fn a_saved_recipe_does_what_the_options_did() {
    let folder = Folder::new();
    let by_options = folder.mine(&format!(
        "sales.csv {OPTIONS} --taxonomy tree.csv --save-recipe saved.toml --min-count 2 --summary json"
    ));
    assert_eq!(by_options.status, Some(0), "{}", by_options.stderr);
    assert!(
        by_options.stderr.contains("sales.csv: 3 baskets of 6 rows\n  missing: 1 field of price\n"),
        "{}",
        by_options.stderr
    );
    assert!(by_options.stderr.contains("\n  items price=(-inf, 5), [5, inf)\n"), "{}", by_options.stderr);
    assert!(by_options.stderr.contains("\n  what items belong to: a taxonomy of 4 pairs\n"), "{}", by_options.stderr);
    let summary = by_options.summary();
    assert_eq!(summary["recipe"]["session"]["gap"], "30m");
    assert_eq!(summary["recipe"]["numbers"][0]["fitted"]["cuts"][0], 5.0);
    assert_eq!(summary["shape_report"]["missing"][0][1], 1);
    let by_recipe = folder.mine("sales.csv --recipe saved.toml --min-count 2");
    assert_eq!(by_recipe.text(), by_options.text());
    // A recipe that is fitted stays the same, and tomorrow's data get its bins.
    let saved = folder.read("saved.toml");
    folder.write("tomorrow.csv", "receipt,time,store,item,price\n9,2026-12-01 10:00,city,wine,100\n");
    let tomorrow = folder.mine("tomorrow.csv --recipe saved.toml --save-recipe again.toml --min-count 1 --max-len 1");
    assert_eq!(
        tomorrow.text(),
        "day=workday (1)\ndrinks (1)\nfood (1)\ngifts (1)\n\"price=[5, inf)\" (1)\nstore=city (1)\nwine (1)\n"
    );
    assert_eq!(folder.read("again.toml"), saved);
    folder.write("folded.toml", "items = ['item']\nbasket = ['receipt']\ncase_fold = true\n");
    let folded = folder.mine("sales.csv --recipe folded.toml --must-contain Wine --min-count 1");
    assert_eq!(folded.text(), "wine (1)\nbeer,wine (1)\n");
    let sides = folder.mine("sales.csv --recipe saved.toml --rules --left store --right item --min-count 2");
    assert!(sides.text().starts_with("store=suburb => beer (2 2 3)\nstore=suburb => drinks (2 2 3)\n"));
}

#[test]
fn itemsets_of_all_levels_leave_out_what_is_trivial() {
    let folder = Folder::new();
    let all = "chips (4)\ndrinks (3)\nchips drinks (3)\nfood (3)\nchips food (3)\n";
    assert_eq!(folder.mine("baskets.txt --taxonomy tree.csv --min-count 3").text(), all);
    assert_eq!(folder.mine("baskets.txt --taxonomy tree.csv --min-count 3 --count").text(), "5\n");
    assert_eq!(folder.mine("baskets.txt --taxonomy tree.csv --top-k 2").text(), "chips (4)\ndrinks (3)\n");
    let rules = folder.mine("baskets.txt --taxonomy tree.csv --min-count 3 --rules --min-confidence 0.8");
    assert_eq!(rules.text(), "drinks => chips (3 3 4)\nfood => chips (3 3 4)\n");
    folder.write("folded.tsv", "Beer\tDrinks\n");
    let folded = folder.mine("baskets.txt --taxonomy folded.tsv --case-fold --min-count 2 --max-len 1 --format basket");
    assert_eq!(folded.text(), "chips (4)\nbeer (2)\ndrinks (2)\nwine (2)\n");
}

#[test]
fn samples_are_drawn_by_the_seed_and_told() {
    if cfg!(not(feature = "random")) {
        return;
    }
    let folder = Folder::new();
    let sample = |options: &str| folder.mine(&format!("baskets.txt --sample {options} --min-count 1 --summary json"));
    let whole = sample("1000 --seed 3");
    assert_eq!(whole.summary()["transactions"], 1000);
    assert!(
        whole
            .stderr
            .contains("baskets.txt: a sample of 4 baskets: with a probability of 95 %, supports are wrong by 0."),
        "{}",
        whole.stderr
    );
    assert_eq!(sample("1000 --seed 3").text(), whole.text());
    assert_ne!(sample("1000 --seed 4").text(), sample("1000").text());
    assert_eq!(sample("0.5").summary()["transactions"], 2);
    let table = folder.mine(&format!("sales.csv {OPTIONS} --sample 50 --seed 5 --min-count 1 --summary json"));
    let summary = table.summary();
    assert_eq!((&summary["transactions"], &summary["shape_report"]["sample"]["of"]), (&50.into(), &3.into()));
    assert_eq!(summary["recipe"]["sample"]["seed"], 5);
}

#[test]
fn supports_over_what_is_known() {
    let folder = Folder::new();
    let by_line = "--format long --basket-columns receipt,item --item-column item --discretise price=cuts:5";
    let adjusted = |options: &str| folder.mine(&format!("sales.csv {by_line} --missing adjust {options}"));
    let itemsets = adjusted("--min-support 0.4 --save-recipe adjusted.toml --summary json");
    assert_eq!((&itemsets.summary()["by_len"][0], &itemsets.summary()["min_count"]), (&3.into(), &2.into()));
    // {diapers} alone are in two of six.
    assert_eq!(
        itemsets.text(),
        "beer (3 of 6)\n\"price=[5, inf)\" (3 of 5)\ndiapers,\"price=[5, inf)\" (2 of 5)\n\
         \"price=(-inf, 5)\" (2 of 5)\nbeer,\"price=(-inf, 5)\" (2 of 5)\n"
    );
    let rules = "--rules --min-support 0.2 --min-confidence 0.6 --left price --right item";
    let expected = "\"price=[5, inf)\" => diapers (2 3 2 of 5)\n\"price=(-inf, 5)\" => beer (2 2 2 of 5)\n";
    assert_eq!(adjusted(rules).text(), expected);
    assert_eq!(folder.mine(&format!("sales.csv --recipe adjusted.toml {rules}")).text(), expected);
    let rules = folder.mine("sales.csv --recipe adjusted.toml --rules --min-support 0.2 --output-format jsonl").text();
    let first: serde_json::Value = serde_json::from_str(rules.lines().next().unwrap()).unwrap();
    assert_eq!((&first["n"], &first["confidence"]), (&5.into(), &(2.0 / 3.0).into()), "{first}");
    // Too few know their price.
    let count = |options: &str| adjusted(&format!("{options} --min-support 0.2 --count")).text();
    assert_eq!((count("--representativity 0.9"), count("")), ("2\n".to_string(), "7\n".to_string()));
    for (options, words) in [
        ("--top-k 3", "--top-k is about all baskets"),
        ("--output-format csv", "--output-format text and jsonl"),
        ("--taxonomy tree.csv", "--taxonomy is about all baskets"),
    ] {
        adjusted(options).refused(2, &[words]);
    }
    folder.mine("sales.csv --recipe adjusted.toml --describe").refused(2, &["--describe is about all baskets"]);
    folder.mine("baskets.txt --representativity 0.3").refused(2, &["only with --missing adjust"]);
}

#[test]
fn wrong_recipes_and_taxonomies_are_refused() {
    let folder = Folder::new();
    for (name, text) in [
        ("key.toml", "items = ['item']\nbasket = ['receipt']\ncontexts = ['store']\n"),
        ("method.toml", "items = ['item']\n[[numbers]]\ncolumn = 'price'\nmethod = 'widht:2'\n"),
        ("column.toml", "items = ['product']\n"),
        ("circle.toml", "items = ['item']\ntaxonomy = [['beer', 'ale'], ['ale', 'beer']]\n"),
        ("tree.toml", "items = ['item']\ntaxonomy = [['beer', 'drinks']]\n"),
        ("no.toml", "items = [\n"),
        ("circle.csv", "beer,ale\nale,lager\nlager,beer\n"),
        ("three.csv", "beer,ale,lager\n"),
        ("hole.csv", "beer,drinks\nwine,\n"),
    ] {
        folder.write(name, text);
    }
    for (arguments, status, words) in [
        ("sales.csv --recipe key.toml", 1, &["key.toml: line 3: unknown key `contexts`, did you mean `context`?"][..]),
        ("sales.csv --recipe method.toml", 1, &["method.toml: line 4: invalid method: `widht`, did you mean `width`?"]),
        ("sales.csv --recipe column.toml", 1, &["sales.csv: line 1: no column is called `product`"]),
        ("sales.csv --recipe circle.toml", 1, &["circle.toml: invalid taxonomy: beer -> ale -> beer"]),
        ("sales.csv --recipe no.toml", 1, &["no.toml: line 1: "]),
        ("sales.csv --recipe none.toml", 1, &["none.toml: "]),
        ("baskets.txt --taxonomy circle.csv", 1, &["circle.csv: invalid taxonomy: beer -> ale -> lager -> beer"]),
        ("baskets.txt --taxonomy three.csv", 1, &["three.csv: a taxonomy has two columns", "not 3"]),
        ("baskets.txt --taxonomy hole.csv", 1, &["hole.csv: row 2: a field is missing"]),
        ("baskets.txt --taxonomy none.csv", 1, &["none.csv: "]),
        ("baskets.txt --taxonomy tree.csv --stream", 2, &["a taxonomy is not allowed with --allow-partial"]),
        ("sales.csv --recipe tree.toml --estimate", 2, &["a taxonomy is not allowed with --allow-partial"]),
        (
            "sales.csv --recipe tree.toml --context store",
            2,
            &["--context is a part of recipes", "--recipe is not allowed"],
        ),
        ("sales.csv --recipe tree.toml --item-column item", 2, &["--item-column is a part of recipes"]),
        ("baskets.txt --format basket --recipe tree.toml", 2, &["--recipe belongs to --format long"]),
        ("baskets.txt --save-recipe new.toml", 2, &["--save-recipe belongs to --format long"]),
        ("baskets.txt --taxonomy tree.csv --two-pass", 2, &["--two-pass does not hold all items"]),
        (
            "baskets.txt --sample 0",
            2,
            &["--sample", if cfg!(feature = "random") { "expected a fraction" } else { "random" }],
        ),
        ("baskets.txt --seed 3 --rules", 2, &["--seed draws the baskets", "--holdout or --sample"]),
    ] {
        folder.mine(arguments).refused(status, words);
    }
}
