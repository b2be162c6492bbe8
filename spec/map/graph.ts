/** What each node points to. Nodes that point to nothing need not be there. */
export type Graph = ReadonlyMap<string, Iterable<string>>;

/** All that can be reached from a node, itself only where it lies on a cycle. */
export function reachable(graph: Graph, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [from];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      left.push(next);
    }
  }
  return reached;
}

/** The nodes from which a way leads back to themselves. */
export function onCycles(graph: Graph): string[] {
  return [...graph.keys()].filter((node) => reachable(graph, node).has(node));
}

/** Without the arrows that follow from others. For graphs without cycles. */
export function reduced(graph: Graph): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Array.from(graph, ([node, targets]) => {
      const all = [...targets];
      return [node, all.filter((one) => !all.some((other) => reachable(graph, other).has(one)))];
    }),
  );
}
