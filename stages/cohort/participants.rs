//! Who takes part: age, sex and body mass index, independent of everything that follows but creatinine.

use super::PARTICIPANTS;
use crate::statistics::random::Stream;

/// One participant as the file shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    pub id: String,
    /// In years.
    pub age: i64,
    pub male: bool,
    /// In kg/m², to one decimal.
    pub bmi: f64,
}

/// Draws the participants: age 44 ± 12 from 20 to 69 years, as many women as men on average, BMI 23.5 ± 3.5 from 17 to 36.
pub fn draw(stream: &mut Stream) -> Vec<Participant> {
    let person = |number: usize| Participant {
        id: format!("P{number:02}"),
        age: (44.0 + 12.0 * stream.normal()).round().clamp(20.0, 69.0) as i64,
        male: stream.uniform() < 0.5,
        bmi: ((23.5 + 3.5 * stream.normal()).clamp(17.0, 36.0) * 10.0).round() / 10.0,
    };
    (1..=PARTICIPANTS).map(person).collect()
}
