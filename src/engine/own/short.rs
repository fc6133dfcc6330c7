//! Settings with a short form: a text where a map would be.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Reads a map of settings, or a text that stands for one.
pub fn short<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    words: &'static str,
    of_text: fn(String) -> T,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(TextOrMap { words, of_text, made: PhantomData })
}

struct TextOrMap<T> {
    words: &'static str,
    of_text: fn(String) -> T,
    made: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for TextOrMap<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok((self.of_text)(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}
