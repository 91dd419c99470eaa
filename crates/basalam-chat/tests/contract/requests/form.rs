//! Reading the parts of a multipart body.

/// One part of a form.
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) text: String,
}

/// Reads the parts of a body, or says what is wrong with it.
pub(super) fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let boundary = content_type
        .split_once("boundary=")
        .ok_or("its content type names no boundary")?
        .1;
    // The tests send texts as files.
    let body = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let mut pieces = body.split(delimiter.as_str());
    if pieces.next() != Some("") {
        return Err("something stands before its first part".to_owned());
    }
    let mut pieces: Vec<&str> = pieces.collect();
    if pieces.pop() != Some("--\r\n") {
        return Err("it has no end".to_owned());
    }
    pieces.into_iter().map(part).collect()
}

fn part(piece: &str) -> Result<Part, String> {
    let (head, text) = piece
        .split_once("\r\n\r\n")
        .ok_or("a part has no end of its headers")?;
    let attribute = |name: &str| {
        let from = head.split_once(&format!("; {name}=\""))?.1;
        Some(from.split_once('"')?.0.to_owned())
    };
    Ok(Part {
        name: attribute("name").ok_or("a part has no name")?,
        file_name: attribute("filename"),
        text: text
            .strip_suffix("\r\n")
            .ok_or("a part has no end")?
            .to_owned(),
    })
}
