import type * as VsCode from 'vscode';

/** Scheme of a folder that lies in the memory of this extension. */
export const memoryScheme = 'headlight-memory';

/** The files of the environment, path → text, as a file system that nobody can search but by listing its folders. */
class MemoryFiles implements VsCode.FileSystemProvider {
  private readonly files: ReadonlyMap<string, Uint8Array>;
  private readonly changes: VsCode.EventEmitter<VsCode.FileChangeEvent[]>;
  readonly onDidChangeFile: VsCode.Event<VsCode.FileChangeEvent[]>;

  constructor(private readonly vscode: typeof VsCode, files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files).map(([name, text]) => [`/folder/${name}`, new TextEncoder().encode(text)]));
    this.changes = new vscode.EventEmitter();
    this.onDidChangeFile = this.changes.event;
  }

  watch(): VsCode.Disposable {
    return new this.vscode.Disposable(() => undefined);
  }

  stat(uri: VsCode.Uri): VsCode.FileStat {
    const { File, Directory } = this.vscode.FileType;
    const file = this.files.get(uri.path);
    if (!file) this.readDirectory(uri);
    return { type: file ? File : Directory, ctime: 1, mtime: 1, size: file?.length ?? 0 };
  }

  readDirectory(uri: VsCode.Uri): [string, VsCode.FileType][] {
    const { File, Directory } = this.vscode.FileType;
    const below = uri.path === '/' ? '/' : `${uri.path}/`;
    const paths = [...this.files.keys()].filter((path) => path.startsWith(below)).map((path) => path.slice(below.length).split('/'));
    if (paths.length === 0) throw this.vscode.FileSystemError.FileNotFound(uri);
    return [...new Map(paths.map(([name, ...rest]) => [name!, rest.length > 0 ? Directory : File]))];
  }

  readFile(uri: VsCode.Uri): Uint8Array {
    const file = this.files.get(uri.path);
    if (!file) throw this.vscode.FileSystemError.FileNotFound(uri);
    return file;
  }

  readonly createDirectory = (uri: VsCode.Uri): never => {
    throw this.vscode.FileSystemError.NoPermissions(uri);
  };
  readonly writeFile = this.createDirectory;
  readonly delete = this.createDirectory;
  readonly rename = this.createDirectory;
}

export async function activate(context: VsCode.ExtensionContext): Promise<void> {
  const vscode = await import('vscode');
  const files = JSON.parse(process.env['HEADLIGHT_MEMORY_FILES'] ?? '{}') as Record<string, string>;
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider(memoryScheme, new MemoryFiles(vscode, files), { isReadonly: true }));
}
