//! The numbers along an axis.

use kuva::render::layout::TickFormat;

/// Numbers without the noise of their last bits, with a true minus sign; of fractions, as percent.
pub fn ticks(percent: bool) -> TickFormat {
    let suffix = if percent { " %" } else { "" };
    TickFormat::Custom(std::sync::Arc::new(move |value| {
        let factor = if percent { 100.0 } else { 1.0 };
        let shown = format!("{}", (value * factor * 1e6).round() / 1e6 + 0.0);
        format!("{}{suffix}", shown.replace('-', "\u{2212}"))
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
