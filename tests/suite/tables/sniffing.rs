//! What the first lines of files look like.

use std::time::Instant;

use itemset::io::{Delimiter, Finding, InputFormat, ReadOptions, Sniffed, Sniffer, Trim};
use proptest::prelude::*;

fn sniff(text: impl AsRef<[u8]>, delimiter: Delimiter) -> Sniffed {
    let options = ReadOptions::new().delimiter(delimiter);
    Sniffer::new(InputFormat::Basket).options(options).sniff(text.as_ref()).unwrap()
}

const COMMA: Delimiter = Delimiter::Char(',');

/// What is found in a file that is read as baskets, and how to read it.
#[track_caller]
fn assert_found(text: &str, delimiter: Delimiter, findings: &[&str], proposal: &str) {
    let sniffed = sniff(text, delimiter);
    assert_eq!(sniffed.to_string(), findings.join("\n"));
    assert_eq!(sniffed.proposal().map(ToString::to_string).unwrap_or_default(), proposal);
}

#[track_caller]
fn assert_nothing(text: &str, delimiter: Delimiter) {
    assert_found(text, delimiter, &[], "");
}

#[test]
fn names_of_columns() {
    assert_found(
        "item1,item2,item3\npear,plum,\npear,plum,fig\n",
        COMMA,
        &["line 1 looks like the names of columns: \"item1\", \"item2\", \"item3\""],
        "BasketReader::new().delimiter(Delimiter::Char(',')).header(true)",
    );
    assert_found(
        "Receipt No,first,second\n17,pear,plum\n18,pear,fig\n",
        COMMA,
        &["line 1 looks like the names of columns: \"Receipt No\", \"first\", \"second\""],
        "BasketReader::new().id(\"Receipt No\").delimiter(Delimiter::Char(',')).header(true)",
    );
    // Names that are no known words: all other labels come several times.
    assert_found(
        "left,right\npear,plum\npear,plum\nfig,plum\nfig,pear\n",
        COMMA,
        &["line 1 looks like the names of columns: \"left\", \"right\""],
        "BasketReader::new().delimiter(Delimiter::Char(',')).header(true)",
    );
    assert_nothing("tea time\npear,plum\nfig,plum\n", COMMA);
    assert_nothing("pear,plum\nfig,plum\npear,fig\nwine,cheese\n", COMMA);
    assert_nothing("1 2\n3 4\n3 4\n3 4\n", Delimiter::Whitespace);
}

#[test]
fn tables_with_a_row_per_item() {
    assert_found(
        "Member_number,Date,itemDescription\n1808,21-07-2015,fruit\n2552,05-01-2015,milk\n1808,21-07-2015,bread\n",
        COMMA,
        &[
            "line 1 looks like the names of columns: \"Member_number\", \"Date\", \"itemDescription\"",
            "the lines look like rows of a table with one item each: column \"Member_number\" is \"1808\" in 2 rows",
        ],
        "LongReader::new(\"Member_number\", \"itemDescription\").and_basket(\"Date\")",
    );
    assert_found(
        "order_id\tproduct_id\tadd_to_cart_order\n2\t33120\t1\n2\t28985\t2\n3\t33754\t1\n",
        Delimiter::Char('\t'),
        &[
            "line 1 looks like the names of columns: \"order_id\", \"product_id\", \"add_to_cart_order\"",
            "the lines look like rows of a table with one item each: column \"order_id\" is \"2\" in 2 rows",
        ],
        "LongReader::new(\"order_id\", \"product_id\").delimiter(Delimiter::Char('\\t'))",
    );
    // Without names, and rows of baskets anywhere.
    assert_found(
        "1,beer\n2,beer\n1,chips\n3,wine\n3,beer\n2,wine\n",
        COMMA,
        &["the lines look like rows of a table with one item each: column \"1\" is \"1\" in 2 rows"],
        "LongReader::new(\"1\", \"2\").header(false)",
    );
    assert_nothing("1 3 9\n1 3 8\n2 3 9\n2 4 8\n", Delimiter::Whitespace);
    assert_nothing("beer,chips\nbeer,wine\nwine,chips\nwine,chips\n", COMMA);
}

#[test]
fn tables_with_a_column_per_item() {
    assert_found(
        "visit,bread,milk\n7,1,0\n8,0,1\n",
        COMMA,
        &["the lines look like rows of a table with a column per item: 2 columns say yes or no"],
        "OneHotReader::new().not_items([\"visit\"])",
    );
    assert_found(
        "bread;milk;beer\nTrue;False;True\nFalse;True;True\n",
        COMMA,
        &[
            "`;` looks like the delimiter, and not `,`: it is in 3 of 3 lines",
            "the lines look like rows of a table with a column per item: 3 columns say yes or no",
        ],
        "OneHotReader::new().delimiter(Delimiter::Char(';'))",
    );
    assert_found(
        ",bread,milk\n0,True,False\n1,False,True\n",
        COMMA,
        &["the lines look like rows of a table with a column per item: 2 columns say yes or no"],
        "OneHotReader::new().not_items([\"1\"])",
    );
    assert_found(
        "1,0,1\n0,0,1\n",
        COMMA,
        &["the lines look like rows of a table with a column per item: 3 columns say yes or no"],
        "AttributesReader::new().header(false).null(\"0\")",
    );
    assert_found(
        "beer:1 chips:1\nbeer:1 wine:0\n",
        Delimiter::Whitespace,
        &["items look like \"beer:1\", with a number that says whether they are there"],
        "OneHotReader::new().sparse(true).delimiter(Delimiter::Whitespace)",
    );
    assert_found(
        "+1 3:1 11:1\n-1 3:1 14:1\n",
        Delimiter::Whitespace,
        &["items look like \"3:1\", with a number that says whether they are there"],
        "OneHotReader::new().sparse(true).not_items([\"1\"]).delimiter(Delimiter::Whitespace)",
    );
    assert_nothing("0 1\n1 0\n", Delimiter::Whitespace);
    assert_nothing("08:26 09:30\n10:15 08:26\n", Delimiter::Whitespace);
}

#[test]
fn tables_of_attributes() {
    assert_found(
        "id,region,card\n7,north,gold\n8,south,gold\n9,north,silver\n10,south,silver\n",
        COMMA,
        &[
            "line 1 looks like the names of columns: \"id\", \"region\", \"card\"",
            "the lines look like rows of a table: each of 2 columns has values of its own",
        ],
        "AttributesReader::new().not_items([\"id\"])",
    );
}

#[test]
fn delimiters() {
    for (delimiter, called, debug) in [(';', "`;`", ";"), ('|', "`|`", "|"), ('\t', "a tab", "\\t")] {
        let text = format!("ripe pear{delimiter}plum\nripe pear{delimiter}plum\nfig{delimiter}plum\n");
        let proposal = format!("BasketReader::new().delimiter(Delimiter::Char('{debug}'))");
        for (expected, not) in [(COMMA, "`,`"), (Delimiter::Whitespace, "white space")] {
            let finding = format!("{called} looks like the delimiter, and not {not}: it is in 3 of 3 lines");
            assert_found(&text, expected, &[&finding], &proposal);
        }
    }
    assert_found(
        "1 2 3\n2 3\n4\n",
        COMMA,
        &["white space looks like the delimiter, and not `,`: it is in 2 of 3 lines"],
        "BasketReader::new()",
    );
    assert_found(
        "sep=;\npear;plum\nfig;plum\n",
        COMMA,
        &["line 1 is no data: it says that the delimiter is `;`, as Excel writes it"],
        "BasketReader::new().delimiter(Delimiter::Char(';'))",
    );
    // Decimal commas.
    let text = "invoice;product;price\n1;pear;1,50\n1;plum;2,50\n2;pear;1,50\n";
    let sniffed = sniff(text, COMMA);
    assert_eq!(
        sniffed.proposal().unwrap().to_string(),
        "LongReader::new(\"invoice\", \"product\").delimiter(Delimiter::Char(';'))"
    );
    assert_nothing("1\t2\t\n2\t3\n", Delimiter::Whitespace);
    assert_nothing("\"a;b\",c\nd\n\"a;b\"\n", COMMA);
    // Tables too.
    let sniffer = Sniffer::new(InputFormat::Attributes);
    let sniffed = sniffer.sniff("region;card\nnorth;gold\n".as_bytes()).unwrap();
    assert_eq!(sniffed.to_string(), "`;` looks like the delimiter, and not `,`: it is in 2 of 2 lines");
}

#[test]
fn whole_lines() {
    assert_found(
        "# made by hand\n% second remark\n\n1 2 3\n1 2\n2 3\n",
        Delimiter::Whitespace,
        &[
            "1 line begins with `#`, as comments do: the first is line 1",
            "1 line begins with `%`, as comments do: the first is line 2",
        ],
        "BasketReader::new().comment('#')",
    );
    let sniffed = sniff("# a\n% b\n1 2\n1 2\n", Delimiter::Whitespace);
    assert_eq!(sniffed.proposal().unwrap().other_comments(), ["%"]);
    assert_found(
        "pear,plum\n// checked\npear,fig\n  // twice\n",
        COMMA,
        &["2 lines begin with `//`, as comments do: the first is line 2"],
        "BasketReader::new().delimiter(Delimiter::Char(',')).comment('/')",
    );
    assert_nothing("#beer #wine\nmilk\nmilk bread\n", Delimiter::Whitespace);
    assert_found(
        "\"pear,plum\"\n\"fig,\"\"plum\"\"\"\npear\n",
        COMMA,
        &["2 lines are in quotes as a whole, and so one item each: the first is line 1"],
        "BasketReader::new().delimiter(Delimiter::Char(','))",
    );
    assert!(sniff("\"a,b\"\n\"c,d\"\n", COMMA).proposal().unwrap().unquote_lines());
    assert_nothing("\"chips, salted\"\nbeer,chips\nbeer,wine\n", COMMA);
    assert_nothing("\"whole milk\" soda\n\"whole milk\" soda\n", Delimiter::Whitespace);
    assert_found(
        "{\"items\": [\"beer\"]}\n{\"items\": [\"beer\", \"wine\"]}\n",
        Delimiter::Whitespace,
        &["lines look like JSON: the first is line 1"],
        "a reader of JSON lines",
    );
    assert_found("[\n{\"a\": 1}\n]\n", COMMA, &["lines look like JSON: the first is line 1"], "");
    assert_found("pear\nplum\npear\n", COMMA, &["none of the first 3 lines has more than one item"], "");
}

#[test]
fn labels() {
    assert_found(
        "pear,plum,,\nplum,,,\npear,plum,fig,nan\nfig,nan,nan,NA\npear,plum,,\n",
        COMMA,
        &[
            "the item \"nan\" looks like a missing value: it occurs 3 times, first in line 3",
            "the item \"NA\" looks like a missing value: it occurs once, first in line 4",
        ],
        "BasketReader::new().delimiter(Delimiter::Char(',')).null(\"nan\").null(\"NA\")",
    );
    assert_found(
        "milk\u{a0},bread\nmilk,bread\n\u{3000}milk,bread\nmilk\u{200b},bread\n",
        COMMA,
        &["3 items begin or end with white space that is not removed: the first is \"milk\\u{a0}\" in line 1"],
        "BasketReader::new().delimiter(Delimiter::Char(',')).trim(Trim::Unicode)",
    );
    assert_found(
        "Beer,chips\nbeer,Chips\nbeer,wine\n",
        COMMA,
        &["\"Beer\" and \"beer\" differ only in letter case, and 1 item like them"],
        "BasketReader::new().delimiter(Delimiter::Char(',')).case_fold(true)",
    );
    assert_found(
        "whole\u{a0}milk,café\nwhole milk,cafe\u{301}\n",
        COMMA,
        &[
            "\"whole\\u{a0}milk\" and \"whole milk\" differ only in white space",
            "\"café\" and \"cafe\\u{301}\" differ only in Unicode form",
        ],
        "",
    );
}

/// With the right settings there is nothing to say.
#[test]
fn right_settings() {
    let found = |sniffer: Sniffer, text: &str| sniffer.sniff(text.as_bytes()).unwrap().to_string();
    let options = || ReadOptions::new().delimiter(COMMA);
    let basket = || Sniffer::new(InputFormat::Basket);
    let header = basket().options(options().header(true));
    assert_eq!(found(header.clone(), "item1,item2\npear,plum\npear,plum\n"), "");
    assert_eq!(found(header.not_items(["order"]), "order,item\n1,pear\n2,plum\n"), "");
    let words = basket().options(options().null("NA").trim(Trim::Unicode).case_fold(true).comment('#'));
    assert_eq!(found(words, "#x\nBeer,NA\nbeer,milk\u{a0}\nbeer,milk\n"), "");
    let long = Sniffer::new(InputFormat::Long).item_column("item");
    assert_eq!(found(long.clone(), "key,item,note\n1,beer,NA\n1,wine,Beer\n"), "");
    assert_eq!(found(long, "key,item,note\n1,beer,NA\n1,Beer,\n"), "\"beer\" and \"Beer\" differ only in letter case");
    assert_eq!(found(Sniffer::new(InputFormat::OneHot), "a,b\n1,0\n0,1\n"), "");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv");
    let sniffed = basket().options(options()).sniff(std::path::Path::new(file)).unwrap();
    assert_eq!(sniffed.findings(), []);
}

#[test]
fn real_data() {
    let Some(folder) = std::env::var_os("ITEMSET_DATA") else {
        return eprintln!("NOT CHECKED: ITEMSET_DATA is not set");
    };
    for name in ["BMS1.dat", "T10I4D100K.dat", "T40I10D100K.dat", "accidents15k.dat", "chess.dat", "mushroom.dat"]
        .into_iter()
        .chain(["retail.dat", "groceries.csv"])
    {
        let file = std::path::Path::new(&folder).join("data").join(name);
        let delimiter = if name.ends_with("csv") { COMMA } else { Delimiter::Whitespace };
        let sniffer = Sniffer::new(InputFormat::Basket).options(ReadOptions::new().delimiter(delimiter));
        let start = Instant::now();
        let sniffed = sniffer.sniff(file.as_path()).unwrap();
        eprintln!("{name}: {:?}", start.elapsed());
        assert_eq!(sniffed.findings(), [], "{name}");
    }
}

#[test]
fn only_the_beginning_counts() {
    let text = "pear,plum\npear,fig\nfig,plum\n".repeat(100) + "NA,nan\n";
    assert_nothing(&text, COMMA);
    // A line that is longer than what is looked at.
    let text = format!("{}\n", "pear;plum;".repeat(20_000));
    assert!(matches!(sniff(&text, COMMA).findings()[..], [Finding::Delimiter { lines: 1, of: 1, .. }, ..]));
    assert_nothing("", COMMA);
    assert_nothing("\n \n", COMMA);
    assert!(Sniffer::new(InputFormat::Basket).sniff(&b"PK\x03\x04"[..]).is_err());
    assert_nothing("a,\"b\nc\nd", COMMA);
}

fn formats() -> impl Strategy<Value = InputFormat> {
    prop::sample::select(InputFormat::ALL)
}

proptest! {
    #[test]
    fn no_input_is_too_odd(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        (format, delimiter) in (formats(), any::<char>()),
        (quote, comment, header) in (any::<Option<char>>(), any::<char>(), any::<bool>()),
    ) {
        let options = ReadOptions::new().delimiter(Delimiter::Char(delimiter)).quote(quote).comment(comment);
        let sniffer = Sniffer::new(format).options(options.header(header)).item_column("2").not_items([1]);
        let _ = sniffer.sniff(&bytes[..]).map(|sniffed| format!("{sniffed} {:?}", sniffed.proposal()));
        let _ = Sniffer::new(format).sniff(&bytes[..]).map(|sniffed| sniffed.to_string());
    }

    #[test]
    fn no_text_is_too_odd(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "\n", "\r\n", ",", ";", "\t", "|", " ", "\"", "#", "//", "0", "1", "a", "A", "é", "e\u{301}", "\u{a0}",
                "order", "item", "NA", "C12", "sep=", ":1", "{\"a\":1}", "\u{feff}", "\r", "quantity", "-1",
            ]),
            0..60,
        ),
        format in formats(),
        delimiter in prop::sample::select(
            vec![Delimiter::Whitespace, COMMA, Delimiter::Char('"'), Delimiter::Char('\n')]
        ),
        header: bool,
    ) {
        let options = ReadOptions::new().delimiter(delimiter).header(header);
        let sniffed = Sniffer::new(format).options(options).item_column("item").sniff(parts.concat().as_bytes());
        if let Ok(sniffed) = sniffed {
            let _ = sniffed.proposal().map(ToString::to_string);
            prop_assert_eq!(sniffed.to_string().is_empty(), sniffed.findings().is_empty());
            prop_assert!(sniffed.proposal().is_none() || !sniffed.findings().is_empty());
        }
    }
}
