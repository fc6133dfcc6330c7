//! Text and ids within an SVG element: what kuva writes, made safe to stand beside other figures on one page.

/// What stands between the outer tags of kuva's SVG, without its stamp.
pub fn inner(svg: &str) -> &str {
    let body = svg.split_once('>').map_or("", |(_, body)| body);
    let body = body.split_once("-->").map_or(body, |(_, body)| body);
    body.trim_end().strip_suffix("</svg>").unwrap_or(body)
}

/// Renames kuva's clip paths, which it counts over the whole process, by their order within this figure.
pub fn own_ids(svg: &str, name: &str) -> String {
    let mut parts = svg.split("kuva-clip-");
    let mut out = parts.next().unwrap_or_default().to_owned();
    let mut seen: Vec<String> = Vec::new();
    for part in parts {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let at = seen.iter().position(|known| *known == digits).unwrap_or_else(|| {
            seen.push(digits.clone());
            seen.len() - 1
        });
        out.push_str(&format!("{name}-clip-{at}{}", &part[digits.len()..]));
    }
    out
}

/// Text for XML.
pub fn escape(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    clean.fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}
