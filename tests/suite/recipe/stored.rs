//! The stored form of a recipe, as TOML and JSON.

use itemset::shape::Filter;

use super::*;

/// A recipe with all parts.
fn whole() -> Recipe {
    let filter = Filter::new().only(["*".parse().unwrap()]).without(["bag*".parse().unwrap()]).min_count(1).top(9);
    let recipe = Recipe::new("item")
        .items("brand")
        .basket(["receipt", "till"])
        .context("store")
        .numbers("price", BinMethod::EqualWidth(2))
        .numbers("weight", BinMethod::Fixed(Bins::at([0.5, 1e300]).unwrap()))
        .missing(Missing::Item)
        .absent(["beer"])
        .case_fold(true)
        .filter(filter.min_len(1).max_len(50))
        .taxonomy([("beer", "drinks"), ("wine", "drinks")]);
    #[cfg(feature = "time")]
    let recipe = {
        use itemset::shape::{Gap, TimePart, Times};
        let times = Times::new("time", [TimePart::Weekday, TimePart::Daypart]).zone("Europe/Berlin");
        let times = times.format("%d.%m.%Y %H:%M").dayparts([("day", 6), ("night", 20)]);
        recipe.session(times.clone(), "30m".parse::<Gap>().unwrap()).times(times)
    };
    #[cfg(feature = "random")]
    let recipe = recipe.sample(itemset::shape::Portion::Fraction(0.5), 7);
    recipe
}

fn sales() -> Table {
    let text = "receipt,till,item,brand,store,price,weight,time\n\
        1,1,Beer,acme,s,0.99,0.33,28.11.2026 18:05\n1,1,bag 1,,s,0.10,,28.11.2026 18:05\n\
        2,1,wine,acme,,9.50,0.75,29.11.2026 10:00\n";
    TableReader::new().read(text.as_bytes()).unwrap()
}

#[test]
fn every_part_comes_back() {
    let recipe = whole();
    for recipe in [recipe.clone(), recipe.fit(&sales()).unwrap(), Recipe::of_context()] {
        let text = toml::to_string(&recipe).unwrap();
        assert_eq!(toml::from_str::<Recipe>(&text).unwrap(), recipe, "{text}");
        let text = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&text).unwrap(), recipe, "{text}");
    }
    // What is fitted is stored, so that other data get the same.
    let fitted = whole().fit(&sales()).unwrap();
    let read: Recipe = toml::from_str(&toml::to_string(&fitted).unwrap()).unwrap();
    assert_eq!(read.shape(&sales()).unwrap(), fitted.shape(&sales()).unwrap());
    assert!(whole().shape(&sales()).is_err());
}

/// What a person writes.
#[test]
fn a_short_recipe_is_enough() {
    let text = "basket = ['receipt']\nitems = ['item']\n[[numbers]]\ncolumn = 'price'\nmethod = 'cuts:1,5'\n";
    let expected =
        Recipe::new("item").basket(["receipt"]).numbers("price", BinMethod::Fixed(Bins::at([1.0, 5.0]).unwrap()));
    assert_eq!(toml::from_str::<Recipe>(text).unwrap(), expected);
    let columns = expected.columns_read();
    assert_eq!((columns, expected.basket_columns()), (vec!["receipt", "item", "price"], &["receipt".to_string()][..]));
}

#[test]
fn the_columns_of_all_parts_are_read() {
    let mut expected = vec!["receipt", "till", "item", "brand", "store", "price", "weight"];
    expected.extend(cfg!(feature = "time").then_some("time"));
    assert_eq!(whole().columns_read(), expected);
    let classed = Recipe::of_context().numbers("price", BinMethod::Entropy("class".to_string()));
    assert_eq!(classed.columns_read(), ["price", "class"]);
}

#[test]
fn wrong_keys_and_values_are_named_with_the_nearest() {
    for (text, expected) in [
        ("contexts = ['a']", "unknown key `contexts`, did you mean `context`? (expected `format`, `items`"),
        ("price = 1", "unknown key `price` (expected `format`, `items`"),
        ("[filter]\nmin_cuont = 3", "unknown key `min_cuont`, did you mean `min_count`? (expected `only`, `without`"),
        ("[[numbers]]\ncolum = 'a'", "unknown key `colum`, did you mean `column`? (expected `column`, `method`"),
        (
            "[[numbers]]\ncolumn = 'a'\nmethod = 'entrpy:b'",
            "invalid method: `entrpy`, did you mean `entropy`? (expected width:N, frequency:N,",
        ),
        ("[[numbers]]\ncolumn = 'a'\nmethod = 'width:x'", "invalid method: `width:x` (expected width:N"),
        ("[[numbers]]\ncolumn = 'a'\nmethod = 'cuts:2,1'", "invalid cuts: 1 after 2 (expected ascending numbers"),
        ("[[numbers]]\ncolumn = 'a'", "missing field `method`"),
        ("missing = 'itm'", "invalid missing: itm, did you mean `item`? (expected ignore, item or adjust)"),
        ("format = 2", "stored in format 2, but this version of itemset reads up to format 1"),
        ("[filter]\nonly = ['']", "invalid pattern: ``"),
    ] {
        let error = toml::from_str::<Recipe>(text).unwrap_err();
        assert!(error.message().starts_with(expected), "{text}: {}", error.message());
        assert!(error.span().is_some(), "{text}");
    }
    #[cfg(feature = "time")]
    for (text, expected) in [
        ("[session]\ngap = '1w'\ntimes = { column = 'a' }", "invalid gap: `1w` (expected a whole number and a unit"),
        ("[[times]]\ncolumn = 'a'\nzoen = 'UTC'", "unknown key `zoen`, did you mean `zone`?"),
    ] {
        let error = toml::from_str::<Recipe>(text).unwrap_err();
        assert!(error.message().starts_with(expected), "{text}: {}", error.message());
    }
    #[cfg(feature = "random")]
    for (text, expected) in [
        ("[sample]\nportion = '0'\nseed = 1", "invalid sample: `0` (expected a fraction above 0 and up to 1"),
        ("[sample]\nportion = '10'\nsede = 1", "unknown key `sede`, did you mean `seed`?"),
    ] {
        let error = toml::from_str::<Recipe>(text).unwrap_err();
        assert!(error.message().starts_with(expected), "{text}: {}", error.message());
    }
}

proptest! {
    #[test]
    fn methods_have_a_text(bins in 2..99usize, class in "[a-z:=,]{1,9}", cuts in prop::collection::btree_set(-1000..1000i32, 0..5)) {
        let mut methods =
            vec![BinMethod::EqualWidth(bins), BinMethod::EqualFrequency(bins), BinMethod::KMeans(bins), BinMethod::Entropy(class)];
        methods.extend(Bins::at(cuts.into_iter().map(|cut| f64::from(cut) / 7.0)).ok().map(BinMethod::Fixed));
        for method in methods {
            prop_assert_eq!(method.to_string().parse::<BinMethod>().unwrap(), method);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(width|cuts|entropy|x)?:?[0-9,.:e-]{0,9}") {
        let _ = text.parse::<BinMethod>();
    }
}
