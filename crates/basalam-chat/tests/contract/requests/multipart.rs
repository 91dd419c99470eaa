//! Parses multipart bodies.

/// One part of a form.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content: String,
}

/// Returns the parts of a body, or an error if it is malformed.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let boundary = content_type
        .split_once("boundary=")
        .ok_or("its content type has no boundary")?
        .1;
    // All test files contain UTF-8.
    let body = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let mut pieces = body.split(delimiter.as_str());
    if pieces.next() != Some("") {
        return Err("it has data before its first part".to_owned());
    }
    let mut pieces: Vec<&str> = pieces.collect();
    if pieces.pop() != Some("--\r\n") {
        return Err("it has no end".to_owned());
    }
    pieces.into_iter().map(part).collect()
}

fn part(piece: &str) -> Result<Part, String> {
    let (head, content) = piece
        .split_once("\r\n\r\n")
        .ok_or("the headers of a part have no end")?;
    let attribute = |name: &str| {
        let from = head.split_once(&format!("; {name}=\""))?.1;
        Some(from.split_once('"')?.0.to_owned())
    };
    Ok(Part {
        name: attribute("name").ok_or("a part has no name")?,
        file_name: attribute("filename"),
        content: content
            .strip_suffix("\r\n")
            .ok_or("a part has no end")?
            .to_owned(),
    })
}
