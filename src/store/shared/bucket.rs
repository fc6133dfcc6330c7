//! A bucket of S3, or of a server that speaks as it does, as a depot. Its record is written last, so a result is there
//! whole or not at all; what a writer who was killed left is no result, and the next finishes it. Nothing is written over.
//!
//! The first failure closes it for this process: a server that is away costs one wait and one remark. Credentials, the
//! region and the server come from the variables `AWS_…`; nothing is read or sent before a result is asked for.

use std::sync::OnceLock;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt, RetryConfig};
use tokio::runtime::{Builder, Runtime};

use super::{Depot, Refused, transfer};
use crate::store::artifact::Content;
use crate::store::record::{FILE, Output, Record};

/// What the address of a bucket begins with.
pub const SCHEME: &str = "s3://";
/// The longest record that is read, in bytes.
const RECORD: u64 = 16 << 20;
/// How long it is tried again; the library gives a connection 5 seconds and a piece 30.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where a machine says which role it has.
const METADATA: [&str; 2] = ["/latest/api/token", "/latest/meta-data"];

/// A bucket, and where in it the entries are.
#[derive(Debug)]
pub struct Bucket {
    /// The address as it is configured.
    name: String,
    bucket: String,
    prefix: Path,
    client: OnceLock<Result<Client, String>>,
    /// Why nothing is asked of it any more.
    closed: OnceLock<String>,
}

#[derive(Debug)]
struct Client {
    store: AmazonS3,
    runtime: Runtime,
}

impl Depot for Bucket {
    fn name(&self) -> &str {
        &self.name
    }

    fn near(&self) -> bool {
        false
    }

    fn away(&self) -> Option<String> {
        None
    }

    fn closed(&self) -> Option<String> {
        self.closed.get().cloned()
    }

    fn record(&self, at: &str) -> Result<Option<Vec<u8>>, Refused> {
        let path = self.path(at, FILE);
        self.ask(async |store| {
            let found = store.get(&path).await?;
            if found.meta.size > RECORD { Ok(Vec::new()) } else { Ok(found.bytes().await?.to_vec()) }
        })
    }

    fn file(&self, at: &str, output: &Output) -> Result<Option<Vec<u8>>, Refused> {
        let path = self.path(at, &output.path);
        match self.ask(async |store| transfer::get(store, &path, output.bytes).await)? {
            Some(Some(bytes)) => Ok(Some(bytes)),
            Some(None) => Err(Refused::This(format!("{at}/{} was altered", output.path))),
            None => Ok(None),
        }
    }

    fn put(&self, at: &str, contents: Vec<Content>, record: &Record) -> Result<(), Refused> {
        for (file, bytes) in contents.into_iter().chain([(FILE.to_owned(), record.bytes())]) {
            let path = self.path(at, &file);
            match self.ask(async |store| transfer::put(store, &path, &bytes).await)? {
                Some(true) => {}
                Some(false) => {
                    return Err(Refused::This(format!("another writer's {at}/{file} is there, and is left")));
                }
                None => return Err(Refused::This(format!("the server does not take {at}/{file}"))),
            }
        }
        Ok(())
    }
}

impl Bucket {
    /// The bucket at an address, `s3://bucket` or `s3://bucket/prefix`; else what is wrong with it.
    pub fn at(address: &str) -> Result<Bucket, &'static str> {
        let rest = address.strip_prefix(SCHEME).unwrap_or(address);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if bucket.is_empty() || !bucket.chars().all(plain) {
            return Err("a bucket's name is of letters, digits, `.`, `-` and `_`");
        }
        let prefix = Path::parse(prefix).map_err(|_| "what follows the bucket is no path of plain names with `/`")?;
        let (client, closed) = (OnceLock::new(), OnceLock::new());
        Ok(Bucket { name: address.to_owned(), bucket: bucket.to_owned(), prefix, client, closed })
    }

    fn path(&self, at: &str, file: &str) -> Path {
        at.split('/').chain(file.split('/')).fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// Asks the server for something; none where it is not there.
    fn ask<T>(&self, work: impl AsyncFnOnce(&AmazonS3) -> Result<T, Error>) -> Result<Option<T>, Refused> {
        if let Some(why) = self.closed.get() {
            return Err(Refused::Closed(why.clone()));
        }
        let client = self.client.get_or_init(|| connect(&self.bucket).map_err(|error| innermost(&error)));
        let client = client.as_ref().map_err(|why| self.close(why.clone()))?;
        match client.runtime.block_on(work(&client.store)) {
            Ok(done) => Ok(Some(done)),
            Err(Error::NotFound { source, .. }) if !innermost(source.as_ref()).contains("NoSuchBucket") => Ok(None),
            Err(error) => Err(self.close(told(&error))),
        }
    }

    /// Lets the bucket be for the rest of this process.
    fn close(&self, why: String) -> Refused {
        let why = self.closed.get_or_init(|| format!("{why}; it is not asked again in this run"));
        Refused::Closed(why.clone())
    }
}

/// Takes everything that the variables say. Few tries: a result can always be made.
fn connect(bucket: &str) -> Result<Client, Error> {
    let retry = RetryConfig { max_retries: 2, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry).build()?;
    let failed = |error| Error::Generic { store: "S3", source: Box::new(error) };
    let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
    Ok(Client { store, runtime })
}

/// Why the server gave nothing, and what to look at.
fn told(error: &Error) -> String {
    let (why, whole) = (innermost(error), error.to_string());
    // Without a key the library asks the machine that the program runs on for one.
    if METADATA.iter().any(|path| whole.contains(path)) {
        return format!("no credentials: AWS_ACCESS_KEY_ID is not set, and no role of this machine gives any ({why})");
    }
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            let hint = "without the right to list a bucket, what is not there looks like this too";
            format!("the server refuses; look at the variables AWS_…: {hint} ({why})")
        }
        _ => format!("the server does not give it ({why})"),
    }
}

/// The first cause of an error, on one line and not endless.
fn innermost(error: &dyn std::error::Error) -> String {
    let last = std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error).to_string();
    let code = |text: &str| Some(text.split_once("<Code>")?.1.split_once("</Code>")?.0.to_owned());
    let status = last.split('<').next().unwrap_or_default().trim_end_matches([':', ' ', '\n']).to_owned();
    let text = code(&last).map_or(status.clone(), |code| format!("{status}: {code}"));
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_a_prefix_of_plain_names() {
        let path = |address: &str| Bucket::at(address).map(|bucket| (bucket.bucket.clone(), bucket.path("a/b", "c/d")));
        let known = |bucket: &str, path: &str| Ok((bucket.to_owned(), Path::parse(path).unwrap()));
        assert_eq!(path("s3://lab-1.x"), known("lab-1.x", "a/b/c/d"));
        assert_eq!(path("s3://lab/"), known("lab", "a/b/c/d"));
        assert_eq!(path("s3://lab/our study/2/"), known("lab", "our study/2/a/b/c/d"));
        for wrong in ["s3://", "s3:///x", "s3://key:secret@lab/x", "s3://lab/a//b", "s3://lab/../x", "s3://la b"] {
            assert!(path(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cause_is_told_on_one_line() {
        let error = |text: &str| Error::Generic { store: "S3", source: text.into() };
        let xml = "Server returned non-2xx status code: 500 Internal Server Error: <?xml version=\"1.0\"?>\n\
                   <Error><Code>InternalError</Code><Message>\n…</Message></Error>";
        let told = innermost(&error(xml));
        assert_eq!(told, "Server returned non-2xx status code: 500 Internal Server Error: InternalError");
        assert_eq!(innermost(&error("a\nb")), "a b");
        assert_eq!(innermost(&error(&"x".repeat(999))).len(), 200);
    }
}
