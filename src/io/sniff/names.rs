//! What names of columns mean.

/// What a column has, judged by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The key of a basket.
    Key,
    /// Who bought: with the day, the key of a basket.
    Customer,
    /// When.
    Date,
    /// The item; the lower, the better to read.
    Item(u8),
    Quantity,
    /// Something else that columns of sales have.
    Other,
}

/// Words for the key of a basket, in lower case.
const KEYS: &[&str] = &[
    "invoice",
    "order",
    "transaction",
    "trans",
    "txn",
    "tid",
    "basket",
    "receipt",
    "ticket",
    "cart",
    "session",
    "visit",
    "bill",
    "purchase",
    "rechnung",
    "bestellung",
    "bon",
    "kassenbon",
    "commande",
    "facture",
    "panier",
    "pedido",
    "factura",
];
const CUSTOMERS: &[&str] =
    &["customer", "member", "user", "client", "household", "buyer", "kunde", "kunden", "cliente"];
const DATES: &[&str] = &["date", "time", "datetime", "timestamp", "day", "datum", "zeit", "fecha"];
const DESCRIPTIONS: &[&str] = &["description", "beschreibung", "bezeichnung", "descripcion"];
const ITEMS: &[&str] =
    &["item", "items", "product", "products", "article", "artikel", "produkt", "produit", "producto", "articulo"];
const CODES: &[&str] = &["sku", "stockcode", "ean", "upc", "asin"];
const QUANTITIES: &[&str] = &["quantity", "qty", "units", "menge", "anzahl", "quantite", "cantidad"];
const OTHERS: &[&str] =
    &["price", "unitprice", "cost", "amount", "total", "country", "store", "category", "discount", "preis"];

/// What follows the word in a name such as `order_id`.
const SUFFIXES: &[&str] = &["id", "ids", "no", "nr", "num", "number", "key", "code"];

/// What a name says, as `InvoiceNo`, `order_id` and `Item 1` do.
pub(super) fn role(name: &str) -> Option<Role> {
    let word: String = name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let word = word.trim_end_matches(|char: char| char.is_ascii_digit());
    let stem = SUFFIXES.iter().find_map(|suffix| word.strip_suffix(suffix)).filter(|stem| !stem.is_empty());
    let stem = stem.unwrap_or(word);
    let is = |words: &[&str]| words.contains(&word) || words.contains(&stem);
    if is(KEYS) {
        return Some(Role::Key);
    }
    if is(CODES) {
        return Some(Role::Item(3));
    }
    if is(ITEMS) {
        return Some(Role::Item(if stem == word { 1 } else { 2 }));
    }
    let ends = |words: &[&str]| words.iter().any(|&end| word.ends_with(end));
    let without_name = word.strip_suffix("name").unwrap_or_default();
    if ends(DATES) {
        Some(Role::Date)
    } else if ends(DESCRIPTIONS) || ITEMS.contains(&without_name) {
        Some(Role::Item(0))
    } else if is(CUSTOMERS) {
        Some(Role::Customer)
    } else if ends(QUANTITIES) {
        Some(Role::Quantity)
    } else if ends(OTHERS) {
        Some(Role::Other)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_roles() {
        for (name, expected) in [
            ("Invoice", Some(Role::Key)),
            ("InvoiceNo", Some(Role::Key)),
            ("order_id", Some(Role::Key)),
            ("InvoiceDate", Some(Role::Date)),
            ("Member_number", Some(Role::Customer)),
            ("itemDescription", Some(Role::Item(0))),
            ("product_name", Some(Role::Item(0))),
            ("item 12", Some(Role::Item(1))),
            ("product_id", Some(Role::Item(2))),
            ("StockCode", Some(Role::Item(3))),
            ("Quantity", Some(Role::Quantity)),
            ("add_to_cart_order", None),
            ("beer", None),
            ("", None),
            ("7", None),
        ] {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
