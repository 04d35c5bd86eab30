//! Circles in what needs what.

/// Circles of a graph, each beginning with its smallest node. `after` has the
/// nodes that each node leads to. Every circle there is shares an edge with one
/// of these, and the time is that of looking at each edge once.
pub(super) fn circles(after: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut circles = Vec::new();
    let mut states = vec![State::New; after.len()];
    for start in 0..after.len() {
        // The way to where we are, and how many of the edges there were taken.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        if states.get(start) != Some(&State::New) {
            continue;
        }
        while let Some(&mut (node, ref mut taken)) = way.last_mut() {
            let next = after.get(node).and_then(|edges| edges.get(*taken)).copied();
            *taken += 1;
            if let Some(state) = states.get_mut(node) {
                *state = State::OnTheWay;
            }
            let Some(next) = next else {
                if let Some(state) = states.get_mut(node) {
                    *state = State::Done;
                }
                way.pop();
                continue;
            };
            match states.get(next) {
                Some(State::New) => way.push((next, 0)),
                Some(State::OnTheWay) => {
                    let from = way.iter().position(|(node, _)| *node == next);
                    let circle = way.iter().skip(from.unwrap_or_default());
                    circles.push(smallest_first(circle.map(|(node, _)| *node).collect()));
                }
                Some(State::Done) | None => {}
            }
        }
    }
    circles.sort();
    circles.dedup();
    circles
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnTheWay,
    Done,
}

fn smallest_first(mut circle: Vec<usize>) -> Vec<usize> {
    let smallest = circle.iter().min();
    let at = smallest.and_then(|smallest| circle.iter().position(|node| node == smallest));
    circle.rotate_left(at.unwrap_or_default());
    circle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_wherever_they_begin() {
        // 0 → 1 → 2 → 1, 3 → 3, 4 → 3, 5 → 6 → 7 → 5
        let after = [
            vec![1],
            vec![2],
            vec![1],
            vec![3],
            vec![3],
            vec![6],
            vec![7],
            vec![5],
        ];
        assert_eq!(circles(&after), [vec![1, 2], vec![3], vec![5, 6, 7]]);
    }

    #[test]
    fn ways_that_meet_again_are_no_circles() {
        assert_eq!(
            circles(&[vec![1, 2], vec![3], vec![3], vec![], vec![9]]),
            [[0; 0]; 0]
        );
    }
}
