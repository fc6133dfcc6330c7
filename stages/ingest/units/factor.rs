//! What a value in one unit is multiplied by to be in another.

use super::unit::{CREATININE, Known, Quantity, Unit};

/// The molar mass of creatinine, C₄H₇N₃O, in g/mol, from the standard atomic weights of 2021 (doi:10.1515/pac-2019-0603):
/// 4 · 12.011 + 7 · 1.008 + 3 · 14.007 + 15.999 = 113.120.
const CREATININE_MOLAR_MASS: f64 = 113.12;

/// A power of ten, and the molar masses in g/mol by which masses become amounts or amounts masses: the analyte's own, and
/// creatinine's where it is per creatinine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    ten: i32,
    /// 10^|ten|, correctly rounded; exact up to 10^22.
    power: f64,
    molar: Molar,
    creatinine: Molar,
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
    pub const ONE: Factor = Factor { ten: 0, power: 1.0, molar: Molar::None, creatinine: Molar::None };

    fn new(ten: i32, molar: Molar, creatinine: Molar) -> Factor {
        let power = format!("1e{}", ten.unsigned_abs()).parse().unwrap_or(f64::INFINITY);
        Factor { ten, power, molar, creatinine }
    }

    /// Whether values stay as they are.
    pub fn is_one(self) -> bool {
        self == Factor::ONE
    }

    /// The factor from one unit to another, equal to 10^(e₁ - e₂), for masses and amounts divided or multiplied by M,
    /// and, from per amount to per mass of creatinine or back, divided or multiplied by creatinine's M.
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
        let different = || Obstacle::Dimension(from.dimension(), to.dimension());
        let creatinine = per_creatinine(from, to).ok_or_else(different)?;
        let molar = match (from.top, to.top) {
            (a, b) if a == b => Molar::None,
            (Quantity::Mass, Quantity::Amount) => Molar::Divide(molar_mass.ok_or(Obstacle::MolarMass)?),
            (Quantity::Amount, Quantity::Mass) => Molar::Multiply(molar_mass.ok_or(Obstacle::MolarMass)?),
            _ => return Err(different()),
        };
        Ok(Factor::new(from.exponent - to.exponent, molar, creatinine))
    }

    /// The value in the other unit; none where it would leave the range of doubles.
    ///
    /// A power of ten is an exact divisor or multiplier, so that such a conversion rounds once.
    pub fn apply(self, value: f64) -> Option<f64> {
        let scaled = if self.ten < 0 { value / self.power } else { value * self.power };
        let converted = self.creatinine.apply(self.molar.apply(scaled));
        (converted.is_finite() && (converted == 0.0) == (value == 0.0)).then_some(converted)
    }

    /// What was done to the value: `multiplied by 1000`, `divided by 10 and by the molar mass 90.08 g/mol`.
    pub fn words(self) -> String {
        let ten = match self.ten {
            0 => None,
            ten if ten < 0 => Some(("divided", format!("by {}", self.power))),
            _ => Some(("multiplied", format!("by {}", self.power))),
        };
        let molar = self.molar.words("the molar mass");
        let creatinine = self.creatinine.words("creatinine's molar mass");
        let steps: Vec<(&str, String)> = [ten, molar, creatinine].into_iter().flatten().collect();
        let mut words = String::new();
        for (at, (verb, by)) in steps.iter().enumerate() {
            let same = at > 0 && steps[at - 1].0 == *verb;
            let link = if at > 0 { " and " } else { "" };
            words += &if same { format!("{link}{by}") } else { format!("{link}{verb} {by}") };
        }
        if steps.is_empty() { "unchanged".into() } else { words }
    }
}

impl Molar {
    fn apply(self, value: f64) -> f64 {
        match self {
            Molar::None => value,
            Molar::Divide(mass) => value / mass,
            Molar::Multiply(mass) => value * mass,
        }
    }

    fn words(self, of: &str) -> Option<(&'static str, String)> {
        match self {
            Molar::None => None,
            Molar::Divide(mass) => Some(("divided", format!("by {of} {mass} g/mol"))),
            Molar::Multiply(mass) => Some(("multiplied", format!("by {of} {mass} g/mol"))),
        }
    }
}

/// What is done to a value that is per something to be per the same of it; none where it is another thing.
fn per_creatinine(from: &Known, to: &Known) -> Option<Molar> {
    if from.per == to.per {
        return Some(Molar::None);
    }
    let (from, to) = (from.per.as_ref()?, to.per.as_ref()?);
    if from.of != CREATININE || to.of != CREATININE {
        return None;
    }
    match (from.quantity, to.quantity) {
        // A gram holds fewer moles than one: the value per gram is that per mole, divided by M.
        (Quantity::Amount, Quantity::Mass) => Some(Molar::Divide(CREATININE_MOLAR_MASS)),
        (Quantity::Mass, Quantity::Amount) => Some(Molar::Multiply(CREATININE_MOLAR_MASS)),
        _ => None,
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
            // Each molar mass is one rounding more: within a unit of the last place for one, two for two.
            let creatinine =
                Factor::between(&Unit::parse(&row[1]), &Unit::parse(&row[2]), number(3)).unwrap().creatinine;
            let masses = u8::from(number(3).is_some()) + u8::from(creatinine != Molar::None);
            let within = f64::from(masses) * f64::EPSILON;
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
            ("mg/g protein", "mg/mmol protein"),
            ("mg/g creatinine", "mg/L creatinine"),
            ("µmol/mmol creatinine", "µmol/g"),
            ("µmol/g", "µmol/g protein"),
            ("L", "mol"),
        ] {
            let refused = convert(1.0, from, to, Some(90.0));
            assert!(matches!(refused, Err(Obstacle::Dimension(..))), "{from} to {to}: {refused:?}");
        }
    }

    #[test]
    fn what_is_per_creatinine_goes_between_its_grams_and_its_moles_and_says_so() {
        // One µmol in a mmol of creatinine, which is 0.11312 g.
        assert_eq!(convert(1.0, "µmol/mmol creatinine", "µmol/g crea", None), Ok(1000.0 / 113.12));
        assert_eq!(convert(1.0, "mmol/g creatinine", "mmol/mol Cr", None), Ok(113.12));
        let words = |from: &str, to: &str| {
            Factor::between(&Unit::parse(from), &Unit::parse(to), Some(90.08)).map(Factor::words)
        };
        assert_eq!(
            words("mg/mmol creatinine", "µmol/g creatinine").unwrap(),
            "multiplied by 1000000 and divided by the molar mass 90.08 g/mol and by creatinine's molar mass 113.12 g/mol"
        );
        assert_eq!(
            words("µmol/g creatinine", "µmol/mmol creatinine").unwrap(),
            "divided by 1000 and multiplied by creatinine's molar mass 113.12 g/mol"
        );
        assert_eq!(words("mg/mmol creatinine", "mg/mmol creatinine").unwrap(), "unchanged");
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
