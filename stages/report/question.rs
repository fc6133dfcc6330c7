//! What is asked of every metabolite alike: an outcome, a predictor and a stratum. Only answers to one question are
//! drawn or counted together.

use std::collections::BTreeSet;

use super::study::Study;
use super::words;
use crate::screen::schema::AssociationRow;

/// One question of the leading model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub outcome: String,
    pub predictor: String,
    pub stratum: String,
}

impl Question {
    pub fn of(row: &AssociationRow) -> Self {
        let AssociationRow { outcome, predictor, stratum, .. } = row;
        Question { outcome: outcome.clone(), predictor: predictor.clone(), stratum: stratum.clone() }
    }

    pub fn asks(&self, row: &AssociationRow) -> bool {
        (&row.outcome, &row.predictor, &row.stratum) == (&self.outcome, &self.predictor, &self.stratum)
    }

    /// The outcome, and whatever else tells the question from the others.
    pub fn heading(&self, others: &[Question]) -> String {
        let several = others.iter().any(|other| other.predictor != self.predictor);
        let mut parts = vec![words::spaced(&self.outcome)];
        parts.extend(several.then(|| words::predictor(&self.predictor)));
        parts.extend((!self.stratum.is_empty()).then(|| words::stratum(&self.stratum)));
        parts.join(", ")
    }
}

/// One metabolite's answers to one question, and to those that ask the same in another way.
pub struct Case<'a> {
    /// The leading model's answer.
    pub lead: &'a AssociationRow,
    /// Every model's answer, the leading one first, then those that differ from it least.
    pub alike: Vec<&'a AssociationRow>,
    /// The same metabolite's change on another scale, or another outcome of the same visit.
    pub otherwise: Vec<&'a AssociationRow>,
}

impl Case<'_> {
    /// Whether a row's estimate has the unit of the leading one's.
    pub fn shares_unit(&self, row: &AssociationRow) -> bool {
        let unit = |row: &AssociationRow| (row.family.clone(), row.link.clone(), row.response.clone());
        Question::of(self.lead).asks(row) && unit(row) == unit(self.lead)
    }
}

impl Study<'_> {
    /// The questions of the leading model, in order.
    pub fn questions(&self) -> Vec<Question> {
        let questions: BTreeSet<Question> = self.leading().map(Question::of).collect();
        questions.into_iter().collect()
    }

    /// What every model says of one metabolite and question; none where the leading model did not ask.
    pub fn case(&self, analyte: &str, question: &Question) -> Option<Case<'_>> {
        let lead = self.leading().find(|row| row.analyte == analyte && question.asks(row))?;
        let of_analyte = || self.associations.iter().filter(|row| row.analyte == analyte);
        let mut alike: Vec<&AssociationRow> = of_analyte().filter(|row| question.asks(row)).collect();
        alike.sort_by_key(|row| {
            (row.model != lead.model, row.covariates != lead.covariates, row.covariance != lead.covariance, &row.model)
        });
        let otherwise = of_analyte().filter(|row| !question.asks(row) && self.asks_otherwise(row, lead)).collect();
        Some(Case { lead, alike, otherwise })
    }

    /// Whether a row asks what the leading row asks, of a change on another scale or another outcome of the same visit.
    fn asks_otherwise(&self, row: &AssociationRow, lead: &AssociationRow) -> bool {
        let change = |row: &AssociationRow| row.predictor.starts_with("change: ") && !row.predictor.contains(" × ");
        let same_predictor = row.predictor == lead.predictor || change(row) && change(lead);
        let visit = self.visit_of(&lead.outcome);
        let same_visit = visit.is_some() && self.visit_of(&row.outcome) == visit;
        // The leading model's other questions have their own place.
        let asked_there = row.model == lead.model;
        row.stratum == lead.stratum && same_predictor && (row.outcome == lead.outcome || same_visit) && !asked_there
    }
}
