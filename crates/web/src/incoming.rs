//! A file as it streams in: handed on block by block, never whole in memory.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};

use crate::form::Form;
use crate::reply::{Fault, Malformed, TooLarge};

/// Longest silence between two blocks.
const SILENCE: Duration = Duration::from_secs(30);
/// Longest single text field beside the file.
const MOST_TEXT: usize = 64 * 1024;
/// How much more than allowed is read and thrown away, so that the browser hears the answer instead of a broken connection.
const DRAINED: u64 = 64 * 1024 * 1024;

/// The file of a form. Its form's text fields stand before it; what stands behind it is not read.
pub struct Incoming {
    /// As the browser names it; tells nothing sure, and is never a path.
    pub name: String,
    field: multer::Field<'static>,
    left: u64,
}

impl Incoming {
    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// [`TooLarge`] past the route's limit, [`Malformed`] if the connection breaks or falls silent.
    pub async fn block(&mut self) -> Result<Option<Bytes>, Fault> {
        let Some(block) = self.next().await? else { return Ok(None) };
        let size = u64::try_from(block.len()).unwrap_or(u64::MAX);
        match self.left.checked_sub(size) {
            Some(left) => self.left = left,
            None => return Err(TooLarge.into()),
        }
        Ok(Some(block))
    }

    /// Reads what is left and throws it away, so that a refusal reaches the browser.
    pub async fn drain(mut self) {
        let mut seen = 0u64;
        while let Ok(Some(block)) = self.next().await {
            seen = seen.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
            if seen > DRAINED {
                return;
            }
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let block = tokio::time::timeout(SILENCE, self.field.chunk()).await.map_err(|_| Malformed)?;
        Ok(block.map_err(|_| Malformed)?)
    }
}

/// Reads the text fields up to the file.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<(Form, Option<Incoming>), Fault> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let boundary = multer::parse_boundary(kind).map_err(|_| Malformed)?;
    let mut multipart = multer::Multipart::new(body.into_data_stream(), boundary);
    let (mut form, mut text) = (Form::default(), 0usize);
    loop {
        let field = tokio::time::timeout(SILENCE, multipart.next_field()).await.map_err(|_| Malformed)?;
        let Some(mut field) = field.map_err(|_| Malformed)? else { return Ok((form, None)) };
        let name = field.name().unwrap_or("").to_owned();
        if let Some(file) = field.file_name().map(str::to_owned) {
            // Browsers send an empty part without a name where no file was chosen.
            if file.is_empty() {
                continue;
            }
            let left = u64::try_from(limit).unwrap_or(u64::MAX);
            return Ok((form, Some(Incoming { name: file, field, left })));
        }
        let mut value = Vec::new();
        while let Some(block) = tokio::time::timeout(SILENCE, field.chunk())
            .await
            .map_err(|_| Malformed)?
            .map_err(|_| Malformed)?
        {
            text = text.saturating_add(block.len());
            if text > MOST_TEXT {
                return Err(TooLarge.into());
            }
            value.extend_from_slice(&block);
        }
        form.push(name, &String::from_utf8_lossy(&value));
    }
}
