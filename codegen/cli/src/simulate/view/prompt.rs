//! The line in which faults are typed.

use extyped_simulator::Fault;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

use super::complete;
use crate::simulate::wish::Wish;

/// Most lines that are remembered.
const REMEMBERED: usize = 50;

#[derive(Debug, Default)]
pub(crate) struct Prompt {
    pub(crate) input: Input,
    pub(crate) is_open: bool,
    /// Why the line is no fault.
    pub(crate) error: Option<String>,
    history: Vec<String>,
    /// The line of the history that is shown; its length stands for a new one.
    at: usize,
}

impl Prompt {
    pub(crate) fn open(&mut self) {
        self.is_open = true;
        self.at = self.history.len();
    }

    fn close(&mut self) {
        self.is_open = false;
        self.error = None;
        self.input.reset();
    }

    /// What a key does to the line; a wish once it is complete.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Option<Wish> {
        if key.code == KeyCode::Enter {
            return self.submit();
        }
        self.error = None;
        match key.code {
            KeyCode::Esc => self.close(),
            KeyCode::Tab => {
                let completed = complete::complete(self.input.value());
                self.set(completed);
            }
            KeyCode::Up => self.recall(self.at.saturating_sub(1)),
            KeyCode::Down => self.recall(self.at + 1),
            _ => {
                if let Some(request) = edit(key) {
                    self.input.handle(request);
                }
            }
        }
        None
    }

    fn submit(&mut self) -> Option<Wish> {
        let text = self.input.value().trim().to_owned();
        if text.is_empty() {
            self.close();
            return None;
        }
        match wish(&text) {
            Ok(wish) => {
                self.history.retain(|line| *line != text);
                if self.history.len() >= REMEMBERED {
                    self.history.remove(0);
                }
                self.history.push(text);
                self.close();
                Some(wish)
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    fn recall(&mut self, at: usize) {
        self.at = at.min(self.history.len());
        self.set(self.history.get(self.at).cloned().unwrap_or_default());
    }

    fn set(&mut self, text: String) {
        self.input = Input::new(text);
    }
}

/// What is typed: a fault, or one of a few words.
fn wish(text: &str) -> Result<Wish, String> {
    let (word, rest) = text.split_once([' ', '=']).unwrap_or((text, ""));
    match word {
        "clear" if rest.is_empty() => Ok(Wish::Clear),
        "quit" if rest.is_empty() => Ok(Wish::Quit),
        "chaos" => rest.trim().parse().map(Wish::Chaos),
        _ => text
            .parse::<Fault>()
            .map(Wish::Inject)
            .map_err(|error| error.to_string()),
    }
}

/// The keys of a shell.
fn edit(key: KeyEvent) -> Option<InputRequest> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    Some(match key.code {
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char('u') if control => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if control => InputRequest::DeleteTillEnd,
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char('h') if control => InputRequest::DeletePrevChar,
        KeyCode::Char(_) if control || alt => return None,
        KeyCode::Char(c) => InputRequest::InsertChar(c),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types a text; `\n` is Enter, `\t` is Tab, `^` is the key Up.
    fn typed(prompt: &mut Prompt, keys: &str) -> Option<Wish> {
        let mut wish = None;
        for c in keys.chars() {
            let code = match c {
                '\n' => KeyCode::Enter,
                '\t' => KeyCode::Tab,
                '^' => KeyCode::Up,
                c => KeyCode::Char(c),
            };
            wish = prompt.key(KeyEvent::new(code, KeyModifiers::NONE));
        }
        wish
    }

    fn open() -> Prompt {
        let mut prompt = Prompt::default();
        prompt.open();
        prompt
    }

    #[test]
    fn a_fault_is_typed_completed_and_remembered() {
        let mut prompt = open();
        let fault: Fault = "mint=429:30s".parse().expect("a fault");
        assert_eq!(
            typed(&mut prompt, "mi\t429:30s\n"),
            Some(Wish::Inject(fault.clone()))
        );
        assert!(!prompt.is_open);
        prompt.open();
        assert_eq!(prompt.input.value(), "");
        assert_eq!(typed(&mut prompt, "^\n"), Some(Wish::Inject(fault)));
    }

    #[test]
    fn a_slip_keeps_the_line_and_says_why() {
        let mut prompt = open();
        assert_eq!(typed(&mut prompt, "mnt=429\n"), None);
        assert!(prompt.is_open);
        let error = prompt.error.clone().expect("an error");
        assert!(error.contains("there is no call `mnt`"), "{error}");
        typed(&mut prompt, "x");
        assert_eq!(prompt.error, None);
        assert_eq!(prompt.input.value(), "mnt=429x");
    }

    #[test]
    fn words_are_understood() {
        assert_eq!(wish("clear"), Ok(Wish::Clear));
        assert_eq!(wish("quit"), Ok(Wish::Quit));
        for text in ["chaos 42:0.5", "chaos=42:0.5"] {
            let chaos = "42:0.5".parse().expect("chaos");
            assert_eq!(wish(text), Ok(Wish::Chaos(chaos)));
        }
        assert!(wish("chaos").is_err());
        assert!(wish("clear all").is_err());
    }

    #[test]
    fn nothing_typed_closes_the_line() {
        let mut prompt = open();
        assert_eq!(typed(&mut prompt, " \n"), None);
        assert!(!prompt.is_open);
    }
}
