//! `export --to mlflow` and servers that are not there, want a login or are something else. `make test-interop` asks MLflow's own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::common::{Ended, Scratch};
use crate::export::{damage, trained};

/// An answer to every call: no run was found, and a new one has this number.
const ANSWER: &str =
    r#"{"experiment":{"experiment_id":"1"},"runs":[],"run":{"info":{"run_id":"x","artifact_uri":"s3:"}}}"#;
/// The login `anna:geheim, süß:@/`.
const LOGIN: &str = "Basic YW5uYTpnZWhlaW0sIHPDvMOfOkAv";
/// The same, in an address.
const IN_ADDRESS: &str = "anna:geheim,%20s%C3%BC%C3%9F:%40%2F@";

/// Starts a server that sends one answer, to every client or only to those with a login; returns its `host:port`.
fn server(answer: &'static str, login: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that hangs up is none of its business.
            let _ = stream.and_then(|stream| serve(stream, answer, login));
        }
    });
    address
}

fn serve(mut stream: TcpStream, answer: &str, login: Option<&str>) -> std::io::Result<()> {
    let mut request = BufReader::new(stream.try_clone()?);
    let (mut length, mut given) = (0, None);
    loop {
        let mut line = String::new();
        request.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => given = Some(value.to_owned()),
            _ => {}
        }
    }
    request.take(length).read_to_end(&mut Vec::new())?;
    let (status, body) = match login {
        Some(login) if given.as_deref() != Some(login) => ("401 Unauthorized", "You are not authenticated."),
        _ => ("200 OK", answer),
    };
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes())
}

/// Exports to this address with these variables; returns stderr of a command that must end with this exit code.
fn send(scratch: &Scratch, address: &str, variables: &[(&str, &str)], code: i32) -> String {
    let mut program = scratch.program(&["export", "task2c", "--to", "mlflow", address]);
    for name in ["USERNAME", "PASSWORD", "TOKEN"] {
        program.env_remove(format!("MLFLOW_TRACKING_{name}"));
    }
    let variables = variables.iter().map(|(name, value)| (format!("MLFLOW_TRACKING_{name}"), value));
    Ended::with(code, program.envs(variables)).stderr
}

#[test]
fn a_login_is_taken_from_the_variables_or_the_address_and_never_shown() {
    let scratch = trained();
    let host = server(ANSWER, Some(LOGIN));
    let (plain, with_login) = (format!("http://{host}"), format!("http://{IN_ADDRESS}{host}/"));
    let sent = format!("{plain}: 1 runs sent, 0 were there already");
    let login = [("USERNAME", "anna"), ("PASSWORD", "geheim, süß:@/")];
    for (address, variables) in
        [(&plain, &login[..]), (&with_login, &[]), (&with_login, &[("USERNAME", ""), ("TOKEN", "")])]
    {
        let said = send(&scratch, address, variables, 0);
        assert!(said.contains(&sent) && !said.contains("geheim"), "{said}");
    }
    let wrong = format!("http://anna:falsch@{host}");
    for (address, variables) in
        [(&plain, &[][..]), (&wrong, &[]), (&with_login, &[("TOKEN", "falsch")]), (&plain, &login[..1])]
    {
        let said = send(&scratch, address, variables, 1);
        let expected =
            format!("error: {plain}: the server refuses `mlflow/experiments/get-by-name`: 401\nhint: set MLFLOW");
        assert!(said.contains(&expected) && !said.contains("falsch") && !said.contains("geheim"), "{said}");
    }
    let token = server(ANSWER, Some("Bearer abc"));
    send(&scratch, &format!("http://{token}"), &[("TOKEN", "abc"), ("USERNAME", "anna")], 0);
}

#[test]
fn a_server_that_is_not_there_or_is_another_one_is_named() {
    let scratch = trained();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = send(&scratch, &format!("http://anna:geheim@{closed}"), &[], 1);
    assert!(said.contains(&format!("error: http://{closed}: no MLflow server answers: ")), "{said}");
    assert!(said.contains("hint: `mlflow server` starts one") && !said.contains("geheim"), "{said}");
    for answer in ["<html>It works!</html>", "{}", "[]", ""] {
        let said = send(&scratch, &format!("http://{}", server(answer, None)), &[], 1);
        assert!(said.contains("is not that of an MLflow server"), "{answer}: {said}");
    }
    let said = send(&scratch, &format!("https://{}", server(ANSWER, None)), &[], 1);
    assert!(said.contains("no MLflow server answers"), "{said}");
}

#[test]
fn what_is_not_an_address_is_refused() {
    let scratch = trained();
    for address in [
        "localhost:5000",
        "ftp://localhost",
        "http://",
        "http:///x",
        "http://a b",
        "http://a\u{1b}[2J\nb",
        "http://localhost:99999",
        "http://localhost?x=1",
        "http://anna:geheim/@local host",
        "sqlite:///mlflow.db",
        "runs",
    ] {
        let said = send(&scratch, address, &[], 2);
        assert!(said.contains("` is not the address of an MLflow server, such as http://127.0.0.1:5000"), "{said}");
        assert!(!said.contains("geheim") && said.chars().all(|c| spec::is_plain(c) || c == '\n'), "{said}");
    }
}

#[test]
fn a_damaged_run_is_named_and_the_others_are_sent() {
    let scratch = trained();
    scratch.stdout(&["run", "task2c", "--quiet", "--seed", "2..3"]);
    damage(&scratch.run("task2c-seed1").join("best.safetensors"));
    damage(&scratch.run("task2c-seed2").join("steps.csv"));
    let address = format!("http://{}", server(ANSWER, None));
    let said = scratch.refusal(&["export", "--to", "mlflow", &address], 1);
    assert!(said.contains("best.safetensors") && said.contains("steps.csv") && said.contains("1 runs sent"), "{said}");
    assert!(said.contains("2 of 3 runs are damaged and were left out"), "{said}");
}
