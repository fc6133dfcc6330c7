//! Internal standards that no step divides by: they were added to the samples, so they are no result of anybody's.

use super::sample::SampleStep;
use super::{Recipe, Sheet, Step};

impl Recipe {
    /// Leaves out the internal standards that no step divides by, and names them.
    ///
    /// METHOD: a standard says nothing of a participant. Among the analytes it would be one more test of every family,
    /// and one more constant quotient of every sample's dilution. A step that divides by standards drops them itself.
    pub fn without_idle_standards(&self, sheet: Sheet) -> (Sheet, Vec<String>) {
        if self.steps.iter().any(Step::divides_by_standards) {
            return (sheet, Vec::new());
        }
        let named = |name: &str| {
            self.steps.iter().any(|step| matches!(step, Step::Sample(SampleStep::Reference { by, .. }) if by == name))
        };
        let idle = |analyte: &usize| sheet.facts[*analyte].is_standard && !named(&sheet.grid.analytes[*analyte]);
        let (idle, staying): (Vec<usize>, Vec<usize>) = (0..sheet.facts.len()).partition(idle);
        if idle.is_empty() {
            return (sheet, Vec::new());
        }
        let names = idle.into_iter().map(|analyte| sheet.grid.analytes[analyte].clone()).collect();
        (sheet.select_analytes(&staying), names)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::statistics::grid::Grid;

    /// Two samples of three analytes; the second is an internal standard, and lies below its limit in the first sample.
    fn study() -> Sheet {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let mut grid = Grid::missing(words(&["s1", "s2"]), words(&["=1+1", "d4, β", "NA(+)"]));
        (0..6).for_each(|cell| grid.set(cell % 2, cell / 2, cell as f64));
        let mut sheet = Sheet::plain(grid);
        sheet.facts[1].is_standard = true;
        sheet.facts[2].lod = Some(0.5);
        sheet.below_lod[2] = true;
        sheet.below_lod[5] = true;
        sheet
    }

    fn left_out(steps: Value) -> (Sheet, Vec<String>) {
        let recipe: Recipe = serde_json::from_value(json!({ "steps": steps })).unwrap();
        recipe.without_idle_standards(study())
    }

    #[test]
    fn a_standard_that_no_step_uses_leaves_with_its_column_and_its_marks() {
        let (sheet, names) = left_out(json!([{"sample": {"method": "pqn"}}]));
        assert_eq!(names, ["d4, β"]);
        assert_eq!(sheet.grid.analytes, ["=1+1", "NA(+)"]);
        assert_eq!((sheet.grid.column(0), sheet.grid.column(1)), (&[0.0, 1.0][..], &[4.0, 5.0][..]));
        assert_eq!(sheet.below_lod, [false, false, false, true]);
        assert_eq!((sheet.lod(0), sheet.lod(1)), (None, Some(0.5)));
    }

    #[test]
    fn a_standard_that_a_step_divides_by_is_left_to_the_step() {
        for step in [json!({"method": "internal_standard"}), json!({"method": "reference", "by": "d4, β"})] {
            assert_eq!(left_out(json!([{ "sample": step }])), (study(), Vec::new()));
        }
        assert_eq!(left_out(json!([{"sample": {"method": "reference", "by": "NA(+)"}}])).1, ["d4, β"]);
    }
}
