/** A tensor's numbers, or nothing where an optional one is absent. */
type Maybe = Float32Array | null;

/** Numbers of several tensors. */
type List = readonly Float32Array[];

/**
 * The compiled kernels of whole layers, of updates and of statistics. As in `addon.ts`, outputs
 * are the last arguments and everything is checked. A batch norm that is given or pending comes
 * as its mean, variance, gamma and beta.
 */
export interface LayerKernels {
  /**
   * y = pointwise(depthwise(relu(norm(x)))) and its moments by channel. The shape is that of the
   * depthwise convolution with the pointwise one's channels as its own; `before` may be null.
   */
  separable(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    x: Float32Array,
    beforeMean: Maybe,
    beforeVariance: Maybe,
    beforeGamma: Maybe,
    beforeBeta: Maybe,
    depthwise: Float32Array,
    pointwise: Float32Array,
    y: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
  ): void;
  /**
   * The gradient of {@link separable} and its batch norm. `sums` are Σ dz and Σ dz·(y − mean) by
   * image and channel where another call has made them; `beforeSums` the same for the norm before.
   * dx is the gradient by norm(x); with `add` it joins what is there.
   */
  separableGradient(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    add: boolean,
    dz: Float32Array,
    x: Float32Array,
    beforeMean: Maybe,
    beforeVariance: Maybe,
    beforeGamma: Maybe,
    beforeBeta: Maybe,
    y: Float32Array,
    depthwise: Float32Array,
    pointwise: Float32Array,
    gamma: Maybe,
    mean: Float32Array,
    variance: Float32Array,
    sums: Maybe,
    dx: Maybe,
    beforeSums: Maybe,
    ddepthwise: Float32Array,
    dpointwise: Float32Array,
    dgamma: Float32Array,
    dbeta: Float32Array,
  ): void;
  separableGiven(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    x: Float32Array,
    depthwise: Float32Array,
    pointwise: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    addend: Maybe,
    z: Float32Array,
  ): void;
  convBatchNormGiven(
    shape: Int32Array,
    epsilon: number,
    relu: boolean,
    x: Float32Array,
    w: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    addend: Maybe,
    z: Float32Array,
  ): void;
  batchNormGivenAdd(
    shape: Int32Array,
    epsilon: number,
    x: Float32Array,
    mean: Float32Array,
    variance: Float32Array,
    gamma: Maybe,
    beta: Maybe,
    addend: Maybe,
    z: Float32Array,
  ): void;
  /** Mean and biased variance of all values of batches with these counts. */
  poolMoments(
    channels: number,
    counts: Int32Array,
    means: List,
    variances: List,
    mean: Float32Array,
    variance: Float32Array,
  ): void;
  /** old·(1 − share) + new·share, the variance's times `unbiased`. */
  updateMoments(
    channels: number,
    share: number,
    unbiased: number,
    mean: Float32Array,
    variance: Float32Array,
    batchMean: Float32Array,
    batchVariance: Float32Array,
    newMean: Float32Array,
    newVariance: Float32Array,
  ): void;
  /** y = Σ weight · input */
  mixture(size: number, weights: Float32Array, inputs: List, y: Float32Array): void;
  mixtureGradient(
    size: number,
    weights: Float32Array,
    dy: Float32Array,
    inputs: List,
    dinputs: List,
    dweights: Float32Array,
  ): void;
  /**
   * One step of Adam; `step` is the rate over 1 − β₁ᵗ, `root` is √(1 − β₂ᵗ), `decay` joins the
   * gradient and `shrink` multiplies the parameter first.
   */
  adam(
    size: number,
    step: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    root: number,
    decay: number,
    shrink: number,
    w: Float32Array,
    m: Float32Array,
    v: Float32Array,
    gradient: Float32Array,
    newW: Float32Array,
    newM: Float32Array,
    newV: Float32Array,
  ): void;
  /** The L2 norm of each tensor. */
  norms(sizes: Int32Array, tensors: List, norms: Float32Array): void;
  /** e to the x, natural logarithm, sigmoid, hyperbolic tangent: operations 0 to 3. */
  transcendental(operation: number, size: number, x: Float32Array, y: Float32Array): void;
  softmax(rows: number, columns: number, x: Float32Array, y: Float32Array): void;
  /** y[o, i] = the largest (`most`) or smallest x[o, n, i] */
  extreme(
    most: boolean,
    outer: number,
    n: number,
    inner: number,
    x: Float32Array,
    y: Float32Array,
  ): void;
  /** Shape [n, inputs, hidden]; state is h', then c'. */
  lstm(
    shape: Int32Array,
    x: Float32Array,
    h: Float32Array,
    c: Float32Array,
    wx: Float32Array,
    wh: Float32Array,
    bias: Float32Array,
    gates: Float32Array,
    state: Float32Array,
  ): void;
  lstmGradient(
    shape: Int32Array,
    x: Float32Array,
    h: Float32Array,
    c: Float32Array,
    wx: Float32Array,
    wh: Float32Array,
    gates: Float32Array,
    state: Float32Array,
    dstate: Float32Array,
    dx: Float32Array,
    dh: Float32Array,
    dc: Float32Array,
    dwx: Float32Array,
    dwh: Float32Array,
    dbias: Float32Array,
  ): void;
  /** Shape [n, inputs, width, activation]; without a second input `inputs` is 0. */
  highway(
    shape: Int32Array,
    state: Float32Array,
    stateMask: Maybe,
    stateGate: Float32Array,
    stateValue: Float32Array,
    input: Maybe,
    inputMask: Maybe,
    inputGate: Maybe,
    inputValue: Maybe,
    factors: Float32Array,
    y: Float32Array,
  ): void;
  /** `add` has a bit for each gradient, in their order, that is a sum to add to. */
  highwayGradient(
    shape: Int32Array,
    add: number,
    state: Float32Array,
    stateMask: Maybe,
    stateGate: Float32Array,
    stateValue: Float32Array,
    input: Maybe,
    inputMask: Maybe,
    inputGate: Maybe,
    inputValue: Maybe,
    factors: Float32Array,
    dy: Float32Array,
    dstate: Maybe,
    dstateGate: Maybe,
    dstateValue: Maybe,
    dinput: Maybe,
    dinputGate: Maybe,
    dinputValue: Maybe,
  ): void;
  /**
   * Shape [steps, lanes, inputs, width, nodes], and of every node the one that it reads, its
   * activation and whether it is averaged. Weights are gate and value of x and of every node; `saved` is
   * each node's state, gate and value.
   */
  highwayWindow(
    shape: Int32Array,
    x: Float32Array,
    inputMask: Maybe,
    h: Float32Array,
    hiddenMask: Maybe,
    weights: List,
    saved: Float32Array,
    states: Float32Array,
  ): void;
  highwayWindowGradient(
    shape: Int32Array,
    x: Float32Array,
    inputMask: Maybe,
    h: Float32Array,
    hiddenMask: Maybe,
    weights: List,
    saved: Float32Array,
    states: Float32Array,
    dstates: Float32Array,
    dx: Maybe,
    dh: Maybe,
    dweights: List | null,
  ): void;
  /** Shape [n, rows, width]. */
  embedding(shape: Int32Array, table: Float32Array, tokens: Int32Array, y: Float32Array): void;
  /** `add`: dtable is a sum to add to. */
  embeddingGradient(
    shape: Int32Array,
    add: boolean,
    tokens: Int32Array,
    dy: Float32Array,
    dtable: Float32Array,
  ): void;
  /** Shape [n, width, classes]; the gradients of Σ factor · loss are all null or none. */
  decodedCrossEntropy(
    shape: Int32Array,
    states: Float32Array,
    table: Float32Array,
    bias: Float32Array,
    labels: Int32Array,
    factors: Float32Array,
    losses: Float32Array,
    lengths: Float32Array,
    hits: Float32Array,
    dstates: Maybe,
    dtable: Maybe,
    dbias: Maybe,
  ): void;
}
