//! Objects to and from a bucket, in pieces that each have their own time to arrive.

use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload};

/// What is asked for or sent at once, in bytes.
const PIECE: usize = 8 << 20;

/// An object of a known length; none where it has another.
pub async fn get(store: &AmazonS3, path: &Path, bytes: u64) -> Result<Option<Vec<u8>>, Error> {
    let piece = PIECE as u64;
    if bytes <= piece {
        let found = store.get(path).await?;
        return if found.meta.size == bytes { Ok(Some(found.bytes().await?.to_vec())) } else { Ok(None) };
    }
    if store.head(path).await?.size != bytes {
        return Ok(None);
    }
    let mut whole = Vec::new();
    for start in (0..bytes).step_by(PIECE) {
        whole.extend_from_slice(&store.get_range(path, start..bytes.min(start + piece)).await?);
    }
    Ok(Some(whole))
}

/// Puts an object where there is none; whether these bytes are there afterwards. A server that cannot look first writes
/// over what is there.
pub async fn put(store: &AmazonS3, path: &Path, bytes: &[u8]) -> Result<bool, Error> {
    if bytes.len() > PIECE {
        return match store.head(path).await {
            Ok(_) => is_there(store, path, bytes).await,
            Err(Error::NotFound { .. }) => upload(store, path, bytes).await.map(|()| true),
            Err(error) => Err(error),
        };
    }
    let payload = || PutPayload::from(bytes.to_vec());
    match store.put_opts(path, payload(), PutMode::Create.into()).await {
        Ok(_) => Ok(true),
        Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => is_there(store, path, bytes).await,
        Err(Error::NotImplemented { .. }) => store.put(path, payload()).await.map(|_| true),
        Err(error) => Err(error),
    }
}

async fn is_there(store: &AmazonS3, path: &Path, bytes: &[u8]) -> Result<bool, Error> {
    Ok(get(store, path, bytes.len() as u64).await?.is_some_and(|there| there == bytes))
}

async fn upload(store: &AmazonS3, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut upload = store.put_multipart(path).await?;
    for piece in bytes.chunks(PIECE) {
        if let Err(error) = upload.put_part(PutPayload::from(piece.to_vec())).await {
            // What cannot be taken back is no result, and the bucket's own rules remove it.
            let _ = upload.abort().await;
            return Err(error);
        }
    }
    upload.complete().await.map(drop)
}
