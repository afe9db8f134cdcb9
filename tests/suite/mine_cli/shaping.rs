//! Tables with context on the command line.

use super::tables::mine_file;

const LONG: [&str; 6] = ["--format", "long", "--basket-columns", "receipt", "--item-column", "item"];

const SALES: &str = "receipt,time,store,item,price,quantity\n\
    1,2026-11-28 18:05,suburb,diapers,7.99,1\n1,2026-11-28 18:05,suburb,beer,0.99,6\n\
    2,2026-11-27 09:30,city,wine,9.50,1\n2,2026-11-27 09:30,city,beer,0.89,-1\n\
    3,2026-11-29 19:00,suburb,diapers,7.49,1\n3,2026-11-29 19:00,suburb,beer,,2\nC4,2026-11-29 19:00,city,beer,1,1\n";

#[test]
fn context_times_and_bins_become_items() {
    let options =
        ["--context", "store", "--time-column", "time", "--time-parts", "day,daypart", "--discretise", "price=cuts:5"];
    let ran = mine_file("sales.csv", SALES, &[&LONG[..], &options, &["--min-count", "3", "--max-len", "1"]].concat());
    assert!(ran.stderr.contains("sales.csv: 4 baskets of 7 rows\n  missing: 1 field of price"), "{}", ran.stderr);
    assert_eq!(
        ran.text(),
        "beer (4)\nday=weekend (3)\ndaypart=evening (3)\n\"price=(-inf, 5)\" (3)\n\"price=[5, inf)\" (3)\n"
    );
    // Returns and cancelled receipts are left out as in any long table; a column may be given by its number.
    let bought = ["--context", "3", "--quantity-column", "quantity", "--exclude-basket", "C*"];
    let options = [&LONG[..], &bought, &["--min-count", "2", "--max-len", "1"]].concat();
    let ran = mine_file("sales.csv", SALES, &options);
    assert!(ran.stderr.contains("of 1 basket excluded by the pattern"), "{}", ran.stderr);
    assert!(ran.stderr.contains("its quantity is 0 or less, a return"), "{}", ran.stderr);
    assert_eq!(ran.text(), "beer (2)\ndiapers (2)\nstore=suburb (2)\n");
    let ran = mine_file("sales.csv", SALES, &[&options[..], &["--quiet"]].concat());
    assert_eq!(ran.stderr, "");
    // Keys and context keep their letters; columns that no option names may be anything.
    let text = "receipt,item,store,note,note\nA,Beer,X,,\na,beer,x,1,2\nC7,tea,X,,\n";
    let folded = ["--context", "store", "--case-fold", "--exclude-basket", "C*", "--negative", "Beer", "--quiet"];
    let ran = mine_file("sales.csv", text, &[&LONG[..], &folded, &["--min-count", "1", "--max-len", "1"]].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_eq!(ran.text(), "beer (2)\nstore=X (1)\nstore=x (1)\n");
}

#[test]
fn kinds_are_placed_on_the_sides_of_rules() {
    let options = [
        "--context",
        "store",
        "--negative",
        "wine",
        "--rules",
        "--left",
        "store",
        "--right",
        "item",
        "--min-count",
        "1",
    ];
    let ran = mine_file("sales.csv", SALES, &[&LONG[..], &options].concat());
    assert_eq!(
        ran.text(),
        "store=city => beer (2 2 4)\nstore=city => !wine (1 2 3)\nstore=suburb => beer (2 2 4)\n\
         store=suburb => !wine (2 2 3)\nstore=suburb => diapers (2 2 2)\nstore=city => wine (1 2 1)\n"
    );
}

#[test]
fn sessions_divide_keys() {
    let by_store = ["--format", "long", "--basket-columns", "store", "--item-column", "item", "--time-column", "time"];
    let count = |gap: &str| {
        let options =
            [&by_store[..], &["--session-gap", gap, "--min-count", "1", "--max-len", "1", "--summary", "json"]];
        let ran = mine_file("sales.csv", SALES, &options.concat());
        let summary: serde_json::Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
        summary["transactions"].as_u64().unwrap()
    };
    assert_eq!((count("1d"), count("3d")), (4, 2));
}

#[test]
fn wrong_shaping_is_refused() {
    for (options, status, expected) in [
        (
            &["--context", "shop"][..],
            1,
            "error: sales.csv: line 1: no column is called `shop`; the header has `receipt`",
        ),
        (&["--discretise", "item=width:2"], 1, "error: sales.csv: invalid number: `diapers` of column `item` in row 1"),
        (
            &["--time-column", "item", "--time-parts", "day"],
            1,
            "error: sales.csv: invalid time: `diapers` of column `item`",
        ),
        (&["--negative", "gin"], 1, "error: sales.csv: no basket has gin, which --negative names"),
        (
            &["--discretise", "quantity=width:2", "--null", "1", "--null", "2", "--null", "6", "--null", "-1"],
            1,
            "error: sales.csv: invalid values: none in column `quantity`",
        ),
        (
            &["--context", "store", "--quantity-column", "store"],
            1,
            "error: sales.csv: `suburb` of column `store` in row 1 is no quantity",
        ),
        (
            &["--time-column", "time", "--time-parts", "day", "--time-format", "%Q!%"],
            2,
            "error: invalid time_format: `%Q!%`",
        ),
        (&["--discretise", "price=odd:2"], 2, "error: invalid value 'price=odd:2' for '--discretise <COLUMN=METHOD>'"),
        (&["--session-gap", "1d"], 2, "error: the following required arguments were not provided:"),
        (&["--time-column", "time"], 2, "error: --time-column is for --time-parts or --session-gap"),
        (
            &["--time-column", "time", "--time-parts", "day", "--time-zone", "Atlantis"],
            2,
            "error: invalid zone: `Atlantis`",
        ),
        (&["--context", "store", "--two-pass"], 2, "error: --context needs the whole table"),
        (
            &["--rules", "--context", "store", "--left", "till"],
            2,
            "error: there are no items of kind till, only of item, store",
        ),
    ] {
        let ran = mine_file("sales.csv", SALES, &[&LONG[..], options].concat());
        assert_eq!(ran.status, Some(status), "{options:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(expected), "{options:?}: {}", ran.stderr);
    }
    let ran = mine_file("sales.csv", "", &[&LONG[..], &["--context", "store", "--count"]].concat());
    assert_eq!(ran.text(), "0\n");
    let ran = mine_file("sales.txt", "beer diapers\n", &["--context", "store"]);
    assert!(ran.stderr.starts_with("error: --context belongs to --format long, and the format here is basket"));
}
