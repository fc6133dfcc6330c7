//! The eleven analytes: what they are, how much of them is in plasma, and how well they are measured.
//!
//! The paper's own list of eleven metabolites is not public; this is a plausible one from the same field. Concentrations
//! and limits of detection are in µmol/L and are round numbers for fasting plasma, not results of anyone's assay.

/// The unit of every concentration.
pub const UNIT: &str = "µmol/L";
/// The analyte that carries the published association.
pub const KETONE: &str = "3-hydroxybutyrate";

/// One analyte and the model it is drawn from.
pub struct Analyte {
    pub name: &'static str,
    pub display_name: &'static str,
    pub hmdb: &'static str,
    pub chebi: &'static str,
    pub kegg: &'static str,
    /// The limit of detection.
    pub lod: f64,
    /// The range in which study samples lie.
    pub plausible: [f64; 2],
    /// The median at baseline.
    pub median: f64,
    /// The standard deviation of the logarithm between participants; nobody is beyond two of them.
    pub between: f64,
    /// The mean and standard deviation of the logarithmic change after infusion 1.
    pub effect: f64,
    pub within: f64,
    /// The relative standard deviation of repeated measurements.
    pub noise: f64,
    /// The relative loss (negative) or gain of signal from the first to the last injection of a batch.
    pub drift: f64,
    /// What a blank shows, as a share of the median.
    pub blank: f64,
}

const fn analyte(names: [&'static str; 5], range: [f64; 4], spread: [f64; 3], measurement: [f64; 3]) -> Analyte {
    let [name, display_name, hmdb, chebi, kegg] = names;
    let [lod, median, low, high] = range;
    let [between, effect, within] = spread;
    let [noise, drift, blank] = measurement;
    let plausible = [low, high];
    Analyte {
        name,
        display_name,
        hmdb,
        chebi,
        kegg,
        lod,
        plausible,
        median,
        between,
        effect,
        within,
        noise,
        drift,
        blank,
    }
}

/// Per line: names and identifiers; limit of detection, median, plausible range; between, effect, within; noise, drift, blank.
#[rustfmt::skip]
pub const PANEL: [Analyte; 11] = [
    analyte([KETONE, "3-Hydroxybutyrate", "HMDB0000011", "CHEBI:17066", "C01089"], [2.0, 75.0, 20.0, 270.0], [0.40, 0.04, 0.12], [0.035, -0.05, 0.01]),
    analyte(["betaine", "Betaine", "HMDB0000043", "CHEBI:17750", "C00719"], [0.5, 29.0, 15.0, 51.0], [0.19, 0.00, 0.07], [0.04, 0.04, 0.01]),
    analyte(["citrate", "Citrate", "HMDB0000094", "CHEBI:30769", "C00158"], [2.0, 98.0, 60.0, 160.0], [0.17, 0.02, 0.07], [0.04, -0.06, 0.02]),
    analyte(["creatinine", "Creatinine", "HMDB0000562", "CHEBI:16737", "C00791"], [1.0, 68.0, 50.0, 110.0], [0.11, 0.00, 0.03], [0.025, 0.02, 0.005]),
    analyte(["GABA", "γ-Aminobutyrate (GABA)", "HMDB0000112", "CHEBI:16865", "C00334"], [0.06, 0.10, 0.03, 0.25], [0.30, 0.02, 0.12], [0.08, -0.08, 0.06]),
    analyte(["tryptophan", "Tryptophan", "HMDB0000929", "CHEBI:16828", "C00078"], [0.5, 60.0, 40.0, 90.0], [0.14, -0.03, 0.05], [0.03, -0.03, 0.01]),
    analyte(["kynurenine", "Kynurenine", "HMDB0000684", "CHEBI:16946", "C00328"], [0.05, 1.85, 1.0, 3.3], [0.20, -0.02, 0.07], [0.045, 0.05, 0.02]),
    analyte(["kynurenate", "Kynurenate", "HMDB0000715", "CHEBI:18344", "C01717"], [0.005, 0.035, 0.02, 0.06], [0.18, 0.01, 0.07], [0.05, -0.06, 0.05]),
    analyte(["serotonin", "Serotonin", "HMDB0000259", "CHEBI:28790", "C00780"], [0.015, 0.04, 0.005, 0.25], [0.60, 0.00, 0.15], [0.07, -0.07, 0.06]),
    analyte(["arginine", "Arginine", "HMDB0000517", "CHEBI:16467", "C00062"], [0.5, 78.0, 40.0, 140.0], [0.18, -0.02, 0.08], [0.035, 0.03, 0.01]),
    analyte(["ornithine", "Ornithine", "HMDB0000214", "CHEBI:15729", "C00077"], [0.5, 45.0, 20.0, 90.0], [0.22, 0.00, 0.08], [0.04, -0.04, 0.01]),
];
