use proptest::prelude::*;

use super::super::testing::ibm;
use super::*;

fn bytes_of(bits: u64) -> [u8; 8] {
    bits.to_be_bytes()
}

/// A big natural number in base 10^9, the least first.
struct Natural(Vec<u64>);

impl Natural {
    fn times(&mut self, factor: u64) {
        let mut carry = 0;
        for digit in &mut self.0 {
            let product = *digit * factor + carry;
            (*digit, carry) = (product % 1_000_000_000, product / 1_000_000_000);
        }
        while carry > 0 {
            self.0.push(carry % 1_000_000_000);
            carry /= 1_000_000_000;
        }
    }

    fn text(&self) -> String {
        self.0.iter().rev().map(|digit| format!("{digit:09}")).collect()
    }
}

/// The value of an IBM number by school arithmetic: every decimal digit of fraction · 2^k, read by the standard library.
fn slowly(bits: u64) -> f64 {
    let fraction = bits & 0x00FF_FFFF_FFFF_FFFF;
    let power = 4 * (i64::try_from(bits >> 56 & 0x7F).unwrap() - 64) - 56;
    let mut number = Natural(vec![
        fraction % 1_000_000_000,
        fraction / 1_000_000_000 % 1_000_000_000,
        fraction / 1_000_000_000_000_000_000,
    ]);
    for _ in 0..power.abs() {
        number.times(if power > 0 { 2 } else { 5 });
    }
    let sign = if bits >> 63 == 1 { "-" } else { "" };
    format!("{sign}{}e{}", number.text(), power.min(0)).parse().unwrap()
}

proptest! {
    #[test]
    fn a_number_of_the_ibm_370_is_the_nearest_double(bits in any::<u64>()) {
        prop_assume!(bits & 0x00FF_FFFF_FFFF_FFFF != 0);
        prop_assert_eq!(number(&bytes_of(bits)).unwrap().to_bits(), slowly(bits).to_bits());
    }

    #[test]
    fn a_double_that_was_written_by_sas_comes_back(value in -1.0e70_f64..1.0e70, scale in -140_i32..1) {
        let value = value * libm::pow(10.0, f64::from(scale));
        prop_assume!(value != 0.0);
        prop_assert_eq!(number(&bytes_of(ibm(value))), Some(value));
    }
}

#[test]
fn published_patterns_are_read() {
    // Worked by hand: 1 = 0.1 (base 16) · 16^1, and so on; 0.1 is rounded in its last digit.
    let examples = [
        (0x4110_0000_0000_0000, 1.0),
        (0xC110_0000_0000_0000, -1.0),
        (0x4120_0000_0000_0000, 2.0),
        (0x4264_0000_0000_0000, 100.0),
        (0x4019_9999_9999_999A, 0.1),
    ];
    for (bits, value) in examples {
        assert_eq!(number(&bytes_of(bits)), Some(value), "{bits:x}");
    }
    assert_eq!(number(&[0x41, 0x10]), Some(1.0), "two bytes");
    assert_eq!(number(&[0; 8]), Some(0.0));
    for missing in [b'.', b'_', b'A', b'M', b'Z'] {
        assert_eq!(number(&[missing, 0, 0, 0, 0, 0, 0, 0]), None, "{missing}");
    }
}

const DM: &[u8] = include_bytes!("../../../../tests/cases/xpt/dm.xpt");
const LB: &[u8] = include_bytes!("../../../../tests/cases/xpt/lb.xpt");

fn code(bytes: &[u8], sheet: Option<&str>) -> &'static str {
    read(bytes, &Reading { sheet, ..Reading::plain("participants", "dm.xpt") }).unwrap_err()[0].code
}

#[test]
fn members_are_chosen_by_name_and_what_is_cut_off_is_refused() {
    let plain = Reading::plain("participants", "dm.xpt");
    let alone = read(DM, &plain).unwrap();
    assert_eq!(alone.headers, ["USUBJID", "AGE", "SEX", "RFSTDTC"]);
    assert_eq!(alone.rows[0].1.iter().collect::<Vec<_>>(), ["P1", "34.5", "F", "23406"]);
    assert_eq!(alone.rows.len(), 3);
    // The second member's records follow the first's.
    let second = &LB[240..];
    let both = [DM, second].concat();
    assert_eq!(code(&both, None), "several_sheets");
    assert_eq!(code(&both, Some("DN")), "unknown_sheet");
    assert_eq!(read(&both, &Reading { sheet: Some("DM"), ..plain }).unwrap(), alone);
    assert_eq!(read(&both, &Reading { sheet: Some("LB_LONG"), ..plain }).unwrap(), read(LB, &plain).unwrap());
    assert_eq!(code(b"id,x\n", None), "not_a_transport_file");
    assert_eq!(code(&DM[..DM.len() - 1], None), "damaged_file");
    assert_eq!(code(&DM[..900], None), "damaged_file");
}

#[test]
fn text_of_another_encoding_is_refused_until_it_is_declared() {
    let mut latin = DM.to_vec();
    let at = latin.windows(3).rposition(|bytes| bytes == "Pé".as_bytes()).unwrap();
    latin.splice(at + 1..at + 3, [0xE9]);
    latin.insert(at + 4, b' ');
    assert_eq!(code(&latin, None), "invalid_encoding");
    let declared = Reading { encoding: Some(Encoding::Windows1252), ..Reading::plain("participants", "dm.xpt") };
    assert_eq!(read(&latin, &declared).unwrap().rows[1].1.get(0), Some("Pé,2"));
}
