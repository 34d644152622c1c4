/** A cell of an architecture as a graph to be drawn. */
export interface CellDrawing {
  /** `normal`; the only cell of a space may be called `cell`. */
  readonly name: string;
  /** Labels of the nodes in an order in which every edge leads forwards. */
  readonly nodes: readonly string[];
  /** `from` and `to` are positions of nodes; an edge without operation has the label ''. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly label: string }[];
}
