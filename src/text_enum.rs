//! Enums with text forms, each variant and its text written once.

/// Defines an enum of unit variants from one list of `Variant = "text"`: the enum itself, `ALL`, `Display`, `FromStr`
/// with an error that lists the texts and suggests the nearest, and the serialised form (feature `serde`), which is the text.
///
/// The literal after the name is what an error calls the setting.
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident for $setting:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        ///
        #[doc = concat!("The text form, for reading and printing: ", crate::text_enum::choice!($($text),+), ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        #[cfg(feature = "serde")]
        crate::stored_format::stored_as_text!($name);

        impl $name {
            /// All of them, in the order in which they are listed.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The text form.
            const fn text(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.text())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = $name::ALL.iter().copied().find(|known| known.text() == text);
                let expected = crate::text_enum::choice!($($text),+);
                found.ok_or_else(|| {
                    let suggestion = crate::nearest::did_you_mean(text, [$($text),+]);
                    crate::error::Error::invalid_setting($setting, format!("{text}{suggestion}"), expected)
                })
            }
        }
    };
}

/// `a, b or c`.
macro_rules! choice {
    ($last:literal) => { $last };
    ($first:literal, $last:literal) => { concat!($first, " or ", $last) };
    ($first:literal, $($rest:literal),+) => { concat!($first, ", ", crate::text_enum::choice!($($rest),+)) };
}

pub(crate) use {choice, text_enum};

#[cfg(test)]
mod tests {
    use crate::io::Trim;
    use crate::{Algorithm, Consequents, Correction, Target};

    #[test]
    fn texts_parse_back_and_errors_list_them() {
        macro_rules! check {
            ($($name:ident),+) => {$(
                for value in $name::ALL {
                    assert_eq!(value.to_string().parse::<$name>().unwrap(), *value);
                    assert_eq!(format!("{value:>20}").len(), 20);
                    #[cfg(feature = "serde")]
                    assert_eq!(serde_json::to_string(value).unwrap(), format!("\"{value}\""));
                    let error = "nonsense".parse::<$name>().unwrap_err().to_string();
                    assert!(error.contains(&value.to_string()), "{error}");
                }
            )+};
        }
        check!(Algorithm, Consequents, Correction, Target, Trim);
        assert_eq!(
            "aproiri".parse::<Algorithm>().unwrap_err().to_string(),
            "invalid algorithm: aproiri, did you mean `apriori`? (expected auto, apriori, fp-growth or eclat)"
        );
        assert_eq!(
            "lcm".parse::<Algorithm>().unwrap_err().to_string(),
            "invalid algorithm: lcm (expected auto, apriori, fp-growth or eclat)"
        );
    }
}
