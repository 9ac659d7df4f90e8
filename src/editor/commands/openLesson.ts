import * as vscode from 'vscode';

/**
 * Opens the reader's own copy of the lesson, which they may write in. The copy is made once per version of the
 * extension and kept as they left it.
 */
export async function openLesson({ extensionUri, globalStorageUri, extension }: vscode.ExtensionContext): Promise<vscode.TextEditor> {
  const { version } = extension.packageJSON as { version: string };
  const folder = vscode.Uri.joinPath(globalStorageUri, `lesson-${version}`);
  const copy = vscode.Uri.joinPath(folder, 'lesson.md');
  await vscode.workspace.fs.createDirectory(folder);
  if (!(await exists(copy))) {
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'media', 'lesson.md'), copy);
  }
  return vscode.window.showTextDocument(copy, { preview: false });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
