/** What reconciling needs to render templates. */
import type { RenderTemplate } from '@waxseal/core'

/** Renders the templates of one SealedSecret. */
export interface Rendering {
  /**
   * One template at a time.
   * @throws WaxsealError `bad-template` or `template-failed`, which holds nothing of the data; StoreError `unavailable`
   *   once everything stops
   */
  readonly render: RenderTemplate
  /** Whether it was given up for a reason that may pass: another time it may come to its end. */
  readonly interrupted: boolean
  /** To be called in the end, however it ended; the data is wiped. */
  end(): void
}

export interface Templates {
  begin(): Rendering
  /** Ends what is being rendered and frees everything. */
  close(): Promise<void>
}
