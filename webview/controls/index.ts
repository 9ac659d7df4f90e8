export { button, checkbox, iconButton, tableButton, textField } from './toolkit';
export { icon, type IconName } from './icon';
export { notice, noticeStyles } from './notice';
export { select, selectStyles } from './select';
export { sharedStyles } from './styles';
export { slider, sliderStyles } from './slider';
export { textAreaStyles } from './textArea';
import './segmented';
import './tabs';
