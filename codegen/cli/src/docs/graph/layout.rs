//! Where the nodes of a graph stand: in layers from left to right, as Sugiyama
//! and others drew them, with few crossings and neighbors close to each other.

/// Distances in the units of the picture.
pub(super) const HEIGHT: f64 = 48.0;
const ROW_GAP: f64 = 22.0;
const LAYER_GAP: f64 = 110.0;
const MARGIN: f64 = 12.0;
/// The room that an edge takes where it passes a layer.
const PASSAGE: f64 = 14.0;

/// How often nodes are ordered by their neighbors, and moved towards them. More
/// changes nothing that could be seen.
const SWEEPS: usize = 12;

/// Places for all nodes, and ways for all edges.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// By node.
    pub(super) boxes: Vec<Place>,
    /// By edge: points from its first node to its second. Empty for an edge
    /// from a node to itself.
    pub(super) ways: Vec<Vec<(f64, f64)>>,
}

/// The top left corner and the size of a node.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

/// A node, or a point where an edge passes a layer.
struct Cell {
    layer: usize,
    height: f64,
    /// The middle.
    y: f64,
    before: Vec<usize>,
    after: Vec<usize>,
}

impl Layout {
    /// Places nodes of these widths, between which there are these edges.
    pub(super) fn new(widths: &[f64], edges: &[(usize, usize)]) -> Layout {
        let is_joined = |node: usize| {
            edges
                .iter()
                .any(|&(a, b)| a != b && (a == node || b == node))
        };
        let joined: Vec<bool> = (0..widths.len()).map(is_joined).collect();
        let mut drawing = Drawing::new(widths, edges, &joined);
        for _ in 0..SWEEPS {
            drawing.order();
        }
        drawing.stack();
        for _ in 0..SWEEPS {
            drawing.approach();
        }
        drawing.layout(widths, &joined)
    }
}

/// The cells of all nodes that have edges, in their layers.
struct Drawing {
    cells: Vec<Cell>,
    /// The cells of each layer, from top to bottom.
    layers: Vec<Vec<usize>>,
    /// By edge: the cells it passes, its ends included.
    passes: Vec<Vec<usize>>,
}

impl Drawing {
    fn new(widths: &[f64], edges: &[(usize, usize)], joined: &[bool]) -> Self {
        let depths = depths(widths.len(), edges);
        let mut cells: Vec<Cell> = (0..widths.len())
            .map(|node| Cell {
                layer: depths[node],
                height: HEIGHT + ROW_GAP,
                y: 0.0,
                before: Vec::new(),
                after: Vec::new(),
            })
            .collect();
        let mut passes = Vec::with_capacity(edges.len());
        for &(from, to) in edges {
            let is_forward = depths[from] <= depths[to];
            let (first, last) = if is_forward { (from, to) } else { (to, from) };
            let mut pass = vec![first];
            for layer in depths[first] + 1..depths[last] {
                cells.push(Cell {
                    layer,
                    height: PASSAGE,
                    y: 0.0,
                    before: Vec::new(),
                    after: Vec::new(),
                });
                pass.push(cells.len() - 1);
            }
            pass.push(last);
            for pair in pass.windows(2) {
                if let [one, next] = *pair
                    && one != next
                {
                    cells[one].after.push(next);
                    cells[next].before.push(one);
                }
            }
            if !is_forward {
                pass.reverse();
            }
            passes.push(pass);
        }
        let count = cells.iter().map(|cell| cell.layer + 1).max().unwrap_or(0);
        let mut layers = vec![Vec::new(); count];
        for (at, cell) in cells.iter().enumerate() {
            if joined.get(at).copied().unwrap_or(true) {
                layers[cell.layer].push(at);
            }
        }
        Drawing {
            cells,
            layers,
            passes,
        }
    }

    /// Orders each layer by the middle of its neighbors in the one before, then
    /// back again.
    fn order(&mut self) {
        let count = self.layers.len();
        let mut rank = vec![0.0; self.cells.len()];
        let forth = (0..count).map(|layer| (layer, true));
        let back = (0..count).rev().map(|layer| (layer, false));
        for (layer, is_forth) in forth.chain(back) {
            let mut order: Vec<(f64, usize)> = self.layers[layer]
                .iter()
                .zip(0_u32..)
                .map(|(&cell, place)| {
                    let neighbors = if is_forth {
                        &self.cells[cell].before
                    } else {
                        &self.cells[cell].after
                    };
                    let middle = mean(neighbors.iter().map(|&other| rank[other]));
                    (middle.unwrap_or(f64::from(place)), cell)
                })
                .collect();
            // Stable: what has the same neighbors keeps its order.
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (&(_, cell), place) in order.iter().zip(0_u32..) {
                rank[cell] = f64::from(place);
            }
            self.layers[layer] = order.into_iter().map(|(_, cell)| cell).collect();
        }
    }

    /// Puts the cells of each layer below each other, its middle at 0.
    fn stack(&mut self) {
        for layer in &self.layers {
            let total: f64 = layer.iter().map(|&cell| self.cells[cell].height).sum();
            let mut y = -total / 2.0;
            for &cell in layer {
                let cell = &mut self.cells[cell];
                cell.y = y + cell.height / 2.0;
                y += cell.height;
            }
        }
    }

    /// Moves cells towards their neighbors, as far as those above and below
    /// allow.
    fn approach(&mut self) {
        for layer in self.layers.clone() {
            let wanted: Vec<f64> = layer
                .iter()
                .map(|&cell| {
                    let cell = &self.cells[cell];
                    let neighbors = cell.before.iter().chain(&cell.after);
                    mean(neighbors.map(|&other| self.cells[other].y)).unwrap_or(cell.y)
                })
                .collect();
            let heights: Vec<f64> = layer.iter().map(|&cell| self.cells[cell].height).collect();
            for (&cell, y) in layer.iter().zip(apart(&wanted, &heights)) {
                self.cells[cell].y = y;
            }
        }
    }

    fn layout(&self, widths: &[f64], joined: &[bool]) -> Layout {
        let ys = || self.layers.iter().flatten().map(|&cell| &self.cells[cell]);
        let top = ys().map(|cell| cell.y - cell.height / 2.0).reduce(f64::min);
        let bottom = ys().map(|cell| cell.y + cell.height / 2.0).reduce(f64::max);
        let (top, bottom) = (top.unwrap_or(0.0), bottom.unwrap_or(0.0));
        // Of each layer: where it begins, and the width of its widest node.
        let mut columns: Vec<(f64, f64)> = Vec::new();
        let mut x = MARGIN;
        for layer in &self.layers {
            let wide = layer.iter().filter_map(|&cell| widths.get(cell));
            let wide = wide.copied().fold(0.0, f64::max);
            columns.push((x, wide));
            x += wide + LAYER_GAP;
        }
        let mut width = if columns.is_empty() {
            0.0
        } else {
            x - LAYER_GAP + MARGIN
        };
        let middle = |cell: usize| self.cells[cell].y - top + MARGIN;
        let mut boxes: Vec<Place> = widths
            .iter()
            .enumerate()
            .map(|(node, &node_width)| {
                let (x, wide) = columns[self.cells[node].layer];
                Place {
                    x: x + (wide - node_width) / 2.0,
                    y: middle(node) - HEIGHT / 2.0,
                    width: node_width,
                }
            })
            .collect();
        let mut height = bottom - top + 2.0 * MARGIN;
        alone(&mut boxes, joined, &mut width, &mut height);
        let mut ways: Vec<Vec<(f64, f64)>> = self
            .passes
            .iter()
            .map(|pass| {
                let mut way: Vec<(f64, f64)> = Vec::new();
                if pass.first() == pass.last() {
                    return way;
                }
                for &cell in pass {
                    if let Some(place) = boxes.get(cell) {
                        way.push((place.x + place.width / 2.0, middle(cell)));
                    } else {
                        let (x, wide) = columns[self.cells[cell].layer];
                        way.extend([(x, middle(cell)), (x + wide, middle(cell))]);
                    }
                }
                // An edge leaves a node at the side that faces the next point.
                trim(&mut way, pass, &boxes);
                way
            })
            .collect();
        spread(&mut ways, &boxes);
        Layout {
            width,
            height,
            boxes,
            ways,
        }
    }
}

/// Which end of a way: its first or its last point.
type End = (usize, bool);

/// Spreads the ends that meet at the same side of a node, in the order of where
/// they come from.
fn spread(ways: &mut [Vec<(f64, f64)>], boxes: &[Place]) {
    const ROOM: f64 = HEIGHT - 20.0;
    for place in boxes {
        for x in [place.x, place.x + place.width] {
            let is_here = |point: &(f64, f64)| {
                (point.0 - x).abs() < 0.01 && point.1 > place.y && point.1 < place.y + HEIGHT
            };
            let mut ends: Vec<(f64, End)> = Vec::new();
            for (at, way) in ways.iter().enumerate() {
                if let [first, second, ..] = way.as_slice()
                    && is_here(first)
                {
                    ends.push((second.1, (at, true)));
                }
                if let [.., before, last] = way.as_slice()
                    && is_here(last)
                {
                    ends.push((before.1, (at, false)));
                }
            }
            // Stable: edges between the same two nodes do not cross.
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let step = (ROOM / weight(ends.len().max(1))).min(12.0);
            let mut y = place.y + HEIGHT / 2.0 - step * (weight(ends.len()) - 1.0) / 2.0;
            for (_, (at, is_first)) in ends {
                let way = &mut ways[at];
                let point = if is_first {
                    way.first_mut()
                } else {
                    way.last_mut()
                };
                if let Some(point) = point {
                    point.1 = y;
                }
                y += step;
            }
        }
    }
}

/// Puts nodes without edges into rows below the others.
fn alone(boxes: &mut [Place], joined: &[bool], width: &mut f64, height: &mut f64) {
    const ROW: f64 = 880.0;
    let limit = width.max(ROW);
    let start = if joined.contains(&true) {
        *height + ROW_GAP
    } else {
        MARGIN
    };
    let (mut x, mut y) = (MARGIN, start);
    for (place, _) in boxes.iter_mut().zip(joined).filter(|(_, joined)| !**joined) {
        if x > MARGIN && x + place.width + MARGIN > limit {
            (x, y) = (MARGIN, y + HEIGHT + ROW_GAP);
        }
        (place.x, place.y) = (x, y);
        x += place.width + ROW_GAP;
        *width = width.max(x - ROW_GAP + MARGIN);
        *height = y + HEIGHT + MARGIN;
    }
}

fn trim(way: &mut Vec<(f64, f64)>, pass: &[usize], boxes: &[Place]) {
    // Passages that an edge takes from right to left come in that order.
    if let [(first, _), .., (last, _)] = way.as_slice()
        && first > last
    {
        let inner = way.len() - 1;
        for pair in way[1..inner].chunks_exact_mut(2) {
            pair.swap(0, 1);
        }
    }
    let ends = [pass.first(), pass.last()].map(|end| end.and_then(|&cell| boxes.get(cell)));
    let [Some(from), Some(to)] = ends else { return };
    let count = way.len();
    let (second, before_last) = (way[1], way[count - 2]);
    let side = |place: &Place, x: f64| {
        if x > place.x + place.width / 2.0 {
            place.x + place.width
        } else {
            place.x
        }
    };
    way[0].0 = side(from, second.0);
    way[count - 1].0 = side(to, before_last.0);
}

/// How many edges lead to each node at most, from left to right. Edges that
/// close a circle do not count.
fn depths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut after = vec![Vec::new(); count];
    for &(from, to) in edges {
        if from != to {
            after[from].push(to);
        }
    }
    // Nodes in the order in which a walk leaves them, last first, are sorted
    // but for the edges that lead back to where the walk still is.
    let mut order = Vec::with_capacity(count);
    let mut is_seen = vec![false; count];
    for start in 0..count {
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            if next == 0 {
                if is_seen[node] {
                    continue;
                }
                is_seen[node] = true;
            }
            if let Some(&other) = after[node].get(next) {
                stack.push((node, next + 1));
                if !is_seen[other] {
                    stack.push((other, 0));
                }
            } else {
                order.push(node);
            }
        }
    }
    let mut place = vec![0; count];
    for (at, &node) in order.iter().rev().enumerate() {
        place[node] = at;
    }
    let mut depths = vec![0_usize; count];
    for &node in order.iter().rev() {
        for &other in &after[node] {
            if place[other] > place[node] {
                depths[other] = depths[other].max(depths[node] + 1);
            }
        }
    }
    // What only leads on stands right before where it leads.
    for &node in &order {
        let nearest = after[node]
            .iter()
            .filter(|&&other| place[other] > place[node])
            .map(|&other| depths[other])
            .min();
        let is_first = !edges.iter().any(|&(from, to)| to == node && from != node);
        if let Some(nearest) = nearest.filter(|_| is_first) {
            depths[node] = nearest.saturating_sub(1);
        }
    }
    depths
}

/// Middles as close to the wanted ones as their order and heights allow.
fn apart(wanted: &[f64], heights: &[f64]) -> Vec<f64> {
    // Blocks of cells that touch: their common shift is the mean of what their
    // cells want. A block that comes to lie over the one before joins it.
    let mut blocks: Vec<(f64, usize, f64)> = Vec::new();
    for (&wanted, &height) in wanted.iter().zip(heights) {
        let mut block = (wanted - height / 2.0, 1_usize, height);
        while let Some(&(start, count, tall)) = blocks.last() {
            if start + tall <= block.0 {
                break;
            }
            blocks.pop();
            let (one, other) = (weight(count), weight(block.1));
            let joined = (start * one + (block.0 - tall) * other) / (one + other);
            block = (joined, count + block.1, tall + block.2);
        }
        blocks.push(block);
    }
    let mut heights = heights.iter();
    let mut middles = Vec::with_capacity(wanted.len());
    for (start, count, _) in blocks {
        let mut y = start;
        for height in heights.by_ref().take(count) {
            middles.push(y + height / 2.0);
            y += height;
        }
    }
    middles
}

fn weight(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn overlap(a: &Place, b: &Place) -> bool {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + HEIGHT && b.y < a.y + HEIGHT
    }

    #[test]
    fn a_chain_goes_from_left_to_right_on_one_line() {
        let layout = Layout::new(&[100.0; 3], &[(0, 1), (1, 2)]);
        assert!(
            layout
                .boxes
                .windows(2)
                .all(|pair| pair[0].x + 100.0 < pair[1].x)
        );
        assert!(
            layout
                .boxes
                .windows(2)
                .all(|pair| (pair[0].y - pair[1].y).abs() < 0.1)
        );
        let [(x1, _), (x2, _)] = layout.ways[0][..] else {
            panic!("{:?}", layout.ways);
        };
        assert!((x1 - (layout.boxes[0].x + 100.0)).abs() < 0.1);
        assert!((x2 - layout.boxes[1].x).abs() < 0.1);
    }

    #[test]
    fn crossings_that_need_not_be_are_gone() {
        // 0 and 1 lead to 3 and 2: their order is turned round.
        let layout = Layout::new(&[80.0; 4], &[(0, 3), (1, 2)]);
        let y = |node: usize| layout.boxes[node].y;
        assert_eq!(y(0) < y(1), y(3) < y(2));
    }

    proptest! {
        #[test]
        fn no_graph_is_too_strange(
            widths in prop::collection::vec(40.0..300.0_f64, 0..14),
            edges in prop::collection::vec((0_usize..14, 0_usize..14), 0..30),
        ) {
            let edges: Vec<_> = edges
                .into_iter()
                .filter(|&(a, b)| a < widths.len() && b < widths.len())
                .collect();
            let layout = Layout::new(&widths, &edges);
            prop_assert_eq!(layout.boxes.len(), widths.len());
            prop_assert_eq!(layout.ways.len(), edges.len());
            for (at, place) in layout.boxes.iter().enumerate() {
                prop_assert!(place.x >= 0.0 && place.x + place.width <= layout.width + 0.1);
                prop_assert!(place.y >= 0.0 && place.y + HEIGHT <= layout.height + 0.1);
                for other in &layout.boxes[..at] {
                    prop_assert!(!overlap(place, other), "{:?} {:?}", place, other);
                }
            }
            for (way, &(from, to)) in layout.ways.iter().zip(&edges) {
                prop_assert_eq!(way.is_empty(), from == to);
                prop_assert!(way.iter().all(|point| point.0.is_finite() && point.1.is_finite()));
            }
        }
    }
}
