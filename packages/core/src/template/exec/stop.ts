/** The end of an execution, with the whole text of why and where. It holds nothing of the data. */
export class Stop extends Error {
  override readonly name = 'Stop'
}
