//! What a value in one unit is multiplied by to be in another.

use super::unit::{Known, Quantity, Unit};

/// A power of ten, and a molar mass in g/mol by which masses become amounts or amounts masses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    ten: i32,
    /// 10^|ten|, correctly rounded; exact up to 10^22.
    power: f64,
    molar: Molar,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Molar {
    None,
    Divide(f64),
    Multiply(f64),
}

/// Why there is no factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A word that is no unit of a known dimension.
    Opaque(String),
    /// Two dimensions, in words.
    Dimension(String, String),
    /// One is of mass and the other of amount, and no molar mass is known.
    MolarMass,
}

impl Factor {
    pub const ONE: Factor = Factor { ten: 0, power: 1.0, molar: Molar::None };

    fn new(ten: i32, molar: Molar) -> Factor {
        let power = format!("1e{}", ten.unsigned_abs()).parse().unwrap_or(f64::INFINITY);
        Factor { ten, power, molar }
    }

    /// Whether values stay as they are.
    pub fn is_one(self) -> bool {
        self == Factor::ONE
    }

    /// The factor from one unit to another, equal to 10^(e₁ - e₂), for masses and amounts divided or multiplied by M.
    ///
    /// # Errors
    /// Units of different dimensions, words that are no units, a missing molar mass (g/mol).
    pub fn between(from: &Unit, to: &Unit, molar_mass: Option<f64>) -> Result<Factor, Obstacle> {
        match (from, to) {
            (a, b) if a == b => Ok(Factor::ONE),
            (Unit::Opaque(word), _) | (_, Unit::Opaque(word)) => Err(Obstacle::Opaque(word.clone())),
            (Unit::Known(a), Unit::Known(b)) => Factor::of_known(a, b, molar_mass),
        }
    }

    fn of_known(from: &Known, to: &Known, molar_mass: Option<f64>) -> Result<Factor, Obstacle> {
        let molar = match (from.top, to.top) {
            _ if from.per != to.per => None,
            (a, b) if a == b => Some(Molar::None),
            (Quantity::Mass, Quantity::Amount) => Some(Molar::Divide(molar_mass.ok_or(Obstacle::MolarMass)?)),
            (Quantity::Amount, Quantity::Mass) => Some(Molar::Multiply(molar_mass.ok_or(Obstacle::MolarMass)?)),
            _ => None,
        };
        let molar = molar.ok_or_else(|| Obstacle::Dimension(from.dimension(), to.dimension()))?;
        Ok(Factor::new(from.exponent - to.exponent, molar))
    }

    /// The value in the other unit; none where it would leave the range of doubles.
    ///
    /// A power of ten is an exact divisor or multiplier, so that such a conversion rounds once.
    pub fn apply(self, value: f64) -> Option<f64> {
        let scaled = if self.ten < 0 { value / self.power } else { value * self.power };
        let converted = match self.molar {
            Molar::None => scaled,
            Molar::Divide(mass) => scaled / mass,
            Molar::Multiply(mass) => scaled * mass,
        };
        (converted.is_finite() && (converted == 0.0) == (value == 0.0)).then_some(converted)
    }

    /// What was done to the value: `multiplied by 1000`, `divided by 10 and by the molar mass 90.08 g/mol`.
    pub fn words(self) -> String {
        let ten = match self.ten {
            0 => None,
            ten if ten < 0 => Some(("divided", format!("by {}", self.power))),
            _ => Some(("multiplied", format!("by {}", self.power))),
        };
        let molar = match self.molar {
            Molar::None => None,
            Molar::Divide(mass) => Some(("divided", format!("by the molar mass {mass} g/mol"))),
            Molar::Multiply(mass) => Some(("multiplied", format!("by the molar mass {mass} g/mol"))),
        };
        match (ten, molar) {
            (Some((a, x)), Some((b, y))) if a == b => format!("{a} {x} and {y}"),
            (Some((a, x)), Some((b, y))) => format!("{a} {x} and {b} {y}"),
            (Some((a, x)), None) | (None, Some((a, x))) => format!("{a} {x}"),
            (None, None) => "unchanged".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn convert(value: f64, from: &str, to: &str, molar_mass: Option<f64>) -> Result<f64, Obstacle> {
        let factor = Factor::between(&Unit::parse(from), &Unit::parse(to), molar_mass)?;
        Ok(factor.apply(value).expect("in range"))
    }

    /// tests/reference/units/make.py: exact rational arithmetic, rounded once, and pint beside it.
    #[test]
    fn conversions_are_those_of_exact_arithmetic_and_of_pint() {
        let table = include_str!("../../../tests/reference/units/conversions.csv");
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let mut rows = 0;
        for row in reader.records().map(Result::unwrap) {
            let number = |at: usize| row[at].parse::<f64>().ok();
            let value = convert(number(0).unwrap(), &row[1], &row[2], number(3)).unwrap();
            let (exact, pint) = (number(4).unwrap(), number(5).unwrap());
            // With a molar mass there are two roundings: within one unit of the last place.
            let within = if number(3).is_some() { f64::EPSILON } else { 0.0 };
            assert!((value - exact).abs() <= within * exact.abs(), "{row:?}: {value:e}");
            assert!((value - pint).abs() <= 4.0 * f64::EPSILON * pint.abs(), "{row:?}: {value:e}");
            rows += 1;
        }
        assert!(rows > 100);
    }

    #[test]
    fn what_cannot_be_converted_says_why() {
        assert_eq!(convert(1.0, "mg/dL", "mmol/L", None), Err(Obstacle::MolarMass));
        assert_eq!(convert(1.0, "peak area", "mmol/L", Some(90.0)), Err(Obstacle::Opaque("peak area".into())));
        for (from, to) in [
            ("mmol/L", "µmol/g"),
            ("mmol/L", "%"),
            ("nmol", "nM"),
            ("mg/g creatinine", "mg/mmol creatinine"),
            ("µmol/g", "µmol/g protein"),
            ("L", "mol"),
        ] {
            let refused = convert(1.0, from, to, Some(90.0));
            assert!(matches!(refused, Err(Obstacle::Dimension(..))), "{from} to {to}: {refused:?}");
        }
    }

    #[test]
    fn a_value_that_would_leave_the_doubles_has_no_answer() {
        let factor = |from: &str, to: &str| Factor::between(&Unit::parse(from), &Unit::parse(to), None).unwrap();
        assert_eq!(factor("mol/L", "pM").apply(1e300), None);
        assert_eq!(factor("pM", "mol/L").apply(1e-320), None);
        assert_eq!(factor("pM", "mol/L").apply(0.0), Some(0.0));
    }

    const UNITS: [&str; 9] = ["mol/L", "mM", "µM", "nmol/L", "pM", "g/L", "mg/dL", "µg/mL", "ng/dL"];

    proptest! {
        #[test]
        fn there_and_back_is_the_same_value(value in 1e-6..1e6, a in 0..9usize, b in 0..9usize, mass in 1.0..2000.0) {
            let there = convert(value, UNITS[a], UNITS[b], Some(mass)).unwrap();
            let back = convert(there, UNITS[b], UNITS[a], Some(mass)).unwrap();
            prop_assert!((back - value).abs() <= 4.0 * f64::EPSILON * value);
        }

        #[test]
        fn by_way_of_a_third_unit_is_the_same_value(value in 1e-6..1e6, a in 0..9usize, b in 0..9usize, c in 0..9usize) {
            let mass = Some(90.08);
            let direct = convert(value, UNITS[a], UNITS[c], mass).unwrap();
            let by_way = convert(convert(value, UNITS[a], UNITS[b], mass).unwrap(), UNITS[b], UNITS[c], mass).unwrap();
            prop_assert!((direct - by_way).abs() <= 4.0 * f64::EPSILON * direct);
        }

        #[test]
        fn a_prefix_moves_the_decimal_point_and_no_digit(digits in 1..999_999u32, e in 0..5i32) {
            // Up to 22 powers of ten are exact: the written number with its point moved is the very same double.
            let value: f64 = format!("{digits}e-{e}").parse().unwrap();
            let moved: f64 = format!("{digits}e{}", 3 - e).parse().unwrap();
            let converted = convert(value, "mmol/L", "µmol/L", None).unwrap();
            prop_assert!((converted - moved).abs() <= f64::EPSILON * moved);
            let whole = f64::from(digits);
            prop_assert_eq!(convert(whole, "µmol/L", "mmol/L", None).unwrap(), format!("{digits}e-3").parse::<f64>().unwrap());
        }
    }
}
