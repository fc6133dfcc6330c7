//! Accessions of compounds, sorted by the database that they are of.

/// What is known of one compound beside its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identifiers {
    hmdb: Vec<String>,
    chebi: Vec<String>,
    kegg: Vec<String>,
    others: Vec<String>,
}

/// The columns of a panel that identifiers fill, in the order of [`Identifiers::columns`].
pub const COLUMNS: [&str; 4] = ["hmdb", "chebi", "kegg", "synonyms"];
/// What stands for "no identifier" in files of the field.
const NOTHING: [&str; 7] = ["", "-", "na", "n/a", "null", "none", "unknown"];
/// What stands between several identifiers of one cell.
const BETWEEN: [char; 6] = ['|', ';', ',', '/', '&', ' '];

impl Identifiers {
    /// Takes a cell of accessions that say themselves what database they are of (`CHEBI:17234|HMDB0000122`).
    pub fn take(&mut self, cell: &str) {
        for word in cell.split(['|', ';']).map(str::trim).filter(|word| !is_nothing(word)) {
            let (prefix, rest) = word.split_once(':').unwrap_or(("", word));
            match prefix.to_lowercase().as_str() {
                "chebi" => push(&mut self.chebi, format!("CHEBI:{rest}")),
                "hmdb" => push(&mut self.hmdb, rest.to_owned()),
                "kegg" | "kegg.compound" | "cpd" => push(&mut self.kegg, rest.to_owned()),
                "" if is_hmdb(word) => push(&mut self.hmdb, word.to_owned()),
                "" if is_kegg(word) => push(&mut self.kegg, word.to_owned()),
                _ => push(&mut self.others, word.to_owned()),
            }
        }
    }

    /// Takes a cell whose header says what it holds; a column of another kind is let go.
    pub fn take_under(&mut self, header: &str, cell: &str) {
        let header = header.to_lowercase();
        let has = |word: &str| header.contains(word);
        let whole = (!is_nothing(cell)).then_some(cell);
        let words = || cell.split(BETWEEN).map(str::trim).filter(|word| !is_nothing(word));
        let numbered = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        if has("hmdb") && !has("class") {
            let full = |word: &str| if numbered(word) { format!("HMDB{word:0>7}") } else { word.to_owned() };
            words().for_each(|word| push(&mut self.hmdb, full(word)));
        } else if has("chebi") {
            words()
                .for_each(|word| push(&mut self.chebi, format!("CHEBI:{}", word.rsplit(':').next().unwrap_or(word))));
        } else if has("kegg") && !has("name") {
            words().for_each(|word| push(&mut self.kegg, word.to_owned()));
        } else if has("pubchem") {
            words().for_each(|word| push(&mut self.others, format!("PubChem:{word}")));
        } else if has("refmet") || has("inchi_key") || has("inchikey") {
            whole.into_iter().for_each(|name| push(&mut self.others, name.replace('|', "/")));
        }
    }

    /// One identifier each of HMDB, ChEBI and KEGG, and everything else, separated by `|`.
    ///
    /// Where a compound has several of one database, none of them is its identifier: they are all among the others.
    pub fn columns(mut self) -> [String; 4] {
        let mut only = |mut ids: Vec<String>| {
            if ids.len() > 1 {
                self.others.append(&mut ids);
            }
            ids.pop().unwrap_or_default()
        };
        let [hmdb, chebi, kegg] = [self.hmdb, self.chebi, self.kegg].map(&mut only);
        [hmdb, chebi, kegg, self.others.join("|")]
    }
}

fn push(list: &mut Vec<String>, id: String) {
    if !list.contains(&id) {
        list.push(id);
    }
}

fn is_nothing(word: &str) -> bool {
    NOTHING.contains(&word.trim().to_lowercase().as_str())
}

fn is_hmdb(word: &str) -> bool {
    word.strip_prefix("HMDB").is_some_and(|rest| rest.len() >= 5 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_kegg(word: &str) -> bool {
    let rest = word.strip_prefix(['C', 'D', 'G']);
    rest.is_some_and(|rest| rest.len() == 5 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
