import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CodeServerOptions {
  readonly port: number;
  readonly extensions: string;
  readonly userData: string;
  /** Folder that the workbench opens. */
  readonly folder: string;
  /** Whether folders have to be trusted first; otherwise all are. */
  readonly trust?: boolean;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export declare const quietSettings: Readonly<Record<string, unknown>>;
export declare function setUpCodeServer(): Promise<void>;
export declare function installIntoCodeServer(extensions: string, userData: string): Promise<void>;
export declare function startCodeServer(options: CodeServerOptions): ChildProcessByStdio<null, Readable, Readable>;
export declare function untilHealthy(address: string, child: { readonly exitCode: number | null }): Promise<void>;
