//! The numbers along an axis.

use kuva::render::layout::TickFormat;

/// Numbers without the noise of their last bits, with a true minus sign; of fractions, as percent.
pub fn ticks(percent: bool) -> TickFormat {
    let suffix = if percent { " %" } else { "" };
    TickFormat::Custom(std::sync::Arc::new(move |value| {
        let factor = if percent { 100.0 } else { 1.0 };
        format!("{}{suffix}", signed(&without_noise(value * factor)))
    }))
}

/// Powers of ten as one reads them: `0.01`, `10⁻⁵`.
pub fn powers() -> TickFormat {
    TickFormat::Custom(std::sync::Arc::new(|value| match value.round() as i64 {
        0 => "1".into(),
        power @ -3..=-1 => format!("{:.*}", power.unsigned_abs() as usize, libm::pow(10.0, value.round())),
        power => {
            let raised = |c: char| match c {
                '-' => '⁻',
                digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit.to_digit(10).unwrap_or(0) as usize],
            };
            format!("10{}", power.to_string().chars().map(raised).collect::<String>())
        }
    }))
}

/// Two to seven round numbers within a range.
pub fn within((low, high): (f64, f64)) -> Vec<f64> {
    let rough = (high - low) / 6.0;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|by| by * power).find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    let (first, last) = (libm::ceil(low / step) as i64, libm::floor(high / step) as i64);
    (first..=last).map(|at| at as f64 * step).collect()
}

/// One such number, also where it is very small or very large.
pub fn number(tick: f64) -> String {
    match tick.abs() {
        0.0 => "0".to_owned(),
        size if (1e-3..1e5).contains(&size) => signed(&without_noise(tick)),
        _ => signed(&format!("{tick:.1e}")),
    }
}

fn without_noise(value: f64) -> String {
    format!("{}", (value * 1e6).round() / 1e6 + 0.0)
}

/// With a true minus sign.
fn signed(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(
            within((-0.31, 0.82)).into_iter().map(number).collect::<Vec<_>>(),
            ["−0.2", "0", "0.2", "0.4", "0.6", "0.8"]
        );
        assert_eq!(within((-1.0, 3.0)).into_iter().map(number).collect::<Vec<_>>(), ["−1", "0", "1", "2", "3"]);
        for range in [(-1e-9, 3e-9), (0.0, 1e12), (-7.3, -0.0)] {
            let ticks = within(range);
            assert!((2..=7).contains(&ticks.len()), "{range:?} {ticks:?}");
        }
    }
}
