export interface LabListFlags {
  readonly json?: boolean;
}

export interface LabRunFlags {
  readonly full?: boolean;
  /** The page's file. */
  readonly html?: string;
  readonly json?: boolean;
}
