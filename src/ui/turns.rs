//! Which parts of the page a frame draws. Usually all; while there is a crowd on stage one after the other, so that no frame
//! takes too long. It knows nothing of what the parts show.

/// The parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Header,
    Setup,
    Lead,
    Board,
    Timeline,
    Outcome,
    Decisions,
    Details,
}

const ALL: [Part; 8] =
    [Part::Header, Part::Setup, Part::Lead, Part::Board, Part::Timeline, Part::Outcome, Part::Decisions, Part::Details];

/// Those that take turns while there is a crowd: the board moves most. The header changes only by what a person does.
const IN_TURN: [Part; 12] = [
    Part::Board,
    Part::Lead,
    Part::Board,
    Part::Timeline,
    Part::Board,
    Part::Outcome,
    Part::Board,
    Part::Decisions,
    Part::Board,
    Part::Details,
    Part::Board,
    Part::Setup,
];

/// What is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    All,
    /// The next one in turn.
    InTurn,
}

/// How often each part was drawn, which are due, and whose turn it is.
pub struct Turns {
    stamps: [u32; ALL.len()],
    due: [bool; ALL.len()],
    turn: usize,
}

impl Default for Turns {
    fn default() -> Self {
        Self { stamps: [0; ALL.len()], due: [true; ALL.len()], turn: 0 }
    }
}

impl Turns {
    /// Decides what is to be drawn, beside what is due anyway.
    pub fn draw(&mut self, due: Due) {
        self.turn = (self.turn + 1) % IN_TURN.len();
        let next = IN_TURN[self.turn];
        for part in ALL.into_iter().filter(|part| due == Due::All || *part == next) {
            self.due[part as usize] = true;
            self.stamps[part as usize] += 1;
        }
    }

    /// What was due has been drawn.
    pub fn drawn(&mut self) {
        self.due = Default::default();
    }

    /// Whether that part is to be drawn now.
    pub fn is_due(&self, part: Part) -> bool {
        self.due[part as usize]
    }

    /// Changes whenever the part is to be drawn.
    pub fn stamp(&self, part: Part) -> u32 {
        self.stamps[part as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(turns: &mut Turns) -> Vec<Part> {
        let due = ALL.into_iter().filter(|part| turns.is_due(*part)).collect();
        turns.drawn();
        due
    }

    #[test]
    fn in_a_crowd_parts_are_drawn_in_turn_and_the_board_every_other_time() {
        let mut turns = Turns::default();
        assert_eq!(due(&mut turns), ALL);
        for _ in IN_TURN {
            turns.draw(Due::InTurn);
            assert_eq!(due(&mut turns).len(), 1);
        }
        assert_eq!(ALL.map(|part| turns.stamp(part)), [0, 1, 1, 6, 1, 1, 1, 1]);
    }

    #[test]
    fn what_is_due_stays_so_until_it_is_drawn() {
        let mut turns = Turns::default();
        turns.drawn();
        turns.draw(Due::All);
        turns.draw(Due::InTurn);
        assert_eq!(due(&mut turns), ALL);
        assert!(ALL.into_iter().all(|part| turns.stamp(part) >= 1));
    }
}
