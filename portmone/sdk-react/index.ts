export { PortmoneQRCode as default, type PortmoneQRCodeProps } from './portmone-qr-code.tsx'
