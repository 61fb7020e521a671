/** The parts of the package that are used. A module of its own, so that bundlers make a small chunk of it. */
export { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type Scalar } from 'yaml'
